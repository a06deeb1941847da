package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// localPath is where to go after the login: a path of the admin, whatever the
// address says.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || strings.ContainsAny(next, "\\\t\r\n") ||
		(u.Path != "/admin" && !strings.HasPrefix(u.Path, "/admin/")) || strings.Contains(u.Path, "//") {
		return "/admin"
	}
	return u.RequestURI()
}

func (a adminPages) loginForm(c echo.Context) error {
	return a.showLogin(c, http.StatusOK, admin.LoginPage{Next: localPath(c.QueryParam("next"))})
}

func (a adminPages) showLogin(c echo.Context, status int, page admin.LoginPage) error {
	var err error
	if page.Frame, err = a.frame(c, "Log in", "/admin/login"); err != nil {
		return err
	}
	return render(c, status, admin.Login(page))
}

func (a adminPages) login(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page := admin.LoginPage{Email: form.Get("email"), Next: localPath(form.Get("next"))}
	if !a.limits.allow("login", c.RealIP()) || !a.limits.allow("login-account", strings.TrimSpace(page.Email)) {
		return echo.NewHTTPError(http.StatusTooManyRequests)
	}
	staff, err := a.store.StaffByEmail(ctx, page.Email)
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return err
	}
	match, err := models.CheckPassword(staff.PasswordHash, form.Get("password"))
	if err != nil {
		return err
	}
	if !match {
		a.log.WarnContext(ctx, "login refused", "address", c.RealIP())
		if err := a.store.StaffLoginFailed(ctx, page.Email, c.RealIP()); err != nil {
			return err
		}
		page.Errors = []views.FieldError{{Field: "password", Message: "That mail address and password do not match."}}
		return a.showLogin(c, http.StatusUnprocessableEntity, page)
	}
	return a.logIn(c, staff, page.Next)
}

// logIn logs a member of staff in and leads on.
func (a adminPages) logIn(c echo.Context, staff models.Staff, next string) error {
	ctx := c.Request().Context()
	if err := a.begin(ctx, staff); err != nil {
		return err
	}
	if err := a.store.StaffLoggedIn(ctx, actor(c, staff)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// begin makes the session a member of staff's, under a new id.
func (a adminPages) begin(ctx context.Context, staff models.Staff) error {
	if err := a.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	a.sessions.Put(ctx, staffKey, staff.ID)
	a.sessions.Put(ctx, versionKey, staff.SessionVersion)
	return nil
}

func (a adminPages) logout(c echo.Context) error {
	ctx := c.Request().Context()
	if err := a.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	if err := a.store.StaffLoggedOut(ctx, actor(c, staffOf(c))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/login")
}

func (a adminPages) setupForm(c echo.Context) error {
	return a.showSetup(c, http.StatusOK, admin.SetupPage{Token: c.QueryParam("token")})
}

func (a adminPages) showSetup(c echo.Context, status int, page admin.SetupPage) error {
	valid, err := a.store.SetupTokenValid(c.Request().Context(), page.Token)
	if err != nil {
		return err
	}
	if !valid {
		return models.ErrNotFound
	}
	c.Response().Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	if page.Frame, err = a.frame(c, "Welcome", "/admin/setup"); err != nil {
		return err
	}
	return render(c, status, admin.Setup(page))
}

func (a adminPages) setup(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if !a.limits.allow("login", c.RealIP()) {
		return echo.NewHTTPError(http.StatusTooManyRequests)
	}
	ctx := c.Request().Context()
	page := admin.SetupPage{Token: form.Get("token"), Email: form.Get("email")}
	valid, err := a.store.SetupTokenValid(ctx, page.Token)
	if err != nil {
		return err
	}
	if !valid {
		return models.ErrNotFound
	}
	hash, err := models.HashPassword(form.Get("password"))
	var staff models.Staff
	if err == nil {
		staff, err = a.store.CreateFirstOwner(ctx, page.Token, page.Email, hash, c.RealIP())
	}
	if fault, bad := invalid(err); bad {
		page.Errors = []views.FieldError{fault}
		return a.showSetup(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return a.logIn(c, staff, "/admin")
}

func (a adminPages) accountForm(c echo.Context) error {
	return a.showAccount(c, http.StatusOK, admin.AccountPage{})
}

func (a adminPages) showAccount(c echo.Context, status int, page admin.AccountPage) error {
	var err error
	if page.Frame, err = a.frame(c, "Your account", "/admin/account"); err != nil {
		return err
	}
	if status == http.StatusOK && c.QueryParam("notice") == "changed" {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: "Your password is changed, and every other session of yours has ended."}
	}
	page.Role = staffOf(c).Role
	return render(c, status, admin.Account(page))
}

// changePassword asks for the present password, so that an unattended screen
// is no key, and ends every session but this one.
func (a adminPages) changePassword(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	staff := staffOf(c)
	if !a.limits.allow("login-account", staff.Email) {
		return echo.NewHTTPError(http.StatusTooManyRequests)
	}
	ctx := c.Request().Context()
	match, err := models.CheckPassword(staff.PasswordHash, form.Get("current"))
	if err != nil {
		return err
	}
	var page admin.AccountPage
	if !match {
		page.Errors = append(page.Errors, views.FieldError{Field: "current", Message: "This is not your present password."})
	}
	hash, err := models.HashPassword(form.Get("password"))
	if fault, bad := invalid(err); bad {
		page.Errors = append(page.Errors, fault)
	} else if err != nil {
		return err
	}
	if len(page.Errors) > 0 {
		return a.showAccount(c, http.StatusUnprocessableEntity, page)
	}
	if staff, err = a.store.ChangePassword(ctx, actor(c, staff), hash); err != nil {
		return err
	}
	if err := a.begin(ctx, staff); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/account?notice=changed")
}
