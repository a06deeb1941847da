package handlers

import "github.com/labstack/echo/v4"

func adminRoutes(_ *echo.Echo, _ Config, _ *limits) error { return nil }
