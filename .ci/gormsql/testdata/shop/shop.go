// Package shop holds a query of each kind, with a comment where gormsql has to
// speak up.
package shop

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type row struct{ ID int64 }

const column = "name"

func injections(db *gorm.DB, s string, list []string, unknown any, rest ...any) {
	var rows []row
	var order int64
	db.Order(s)                              // want Order
	db.Order(column + " " + s)               // want Order
	db.Order(unknown)                        // want Order
	db.Select(s)                             // want Select
	db.Select("id", s)                       // want Select
	db.Select(list)                          // want Select
	db.Select([]string{"id", s})             // want Select
	db.Select("id", rest...)                 // want Select
	db.Select("id + ?", 1, s)                // want Select
	db.Select("id + ?", rest...)             // want Select
	db.Distinct(s)                           // want Distinct
	db.Distinct("id", s)                     // want Distinct
	db.Where("name = '" + s + "'")           // want Where
	db.Where(unknown)                        // want Where
	db.Not(s)                                // want Not
	db.Or(s, 1)                              // want Or
	db.Having(s)                             // want Having
	db.Group(s)                              // want Group
	db.Joins(s)                              // want Joins
	db.Joins("JOIN " + s)                    // want Joins
	db.InnerJoins(s)                         // want InnerJoins
	db.Raw(s, 1)                             // want Raw
	db.Exec(s)                               // want Exec
	db.Table(s)                              // want Table
	db.First(&rows, s)                       // want First
	db.Last(&rows, s)                        // want Last
	db.Take(&rows, s, 1)                     // want Take
	db.Find(&rows, s)                        // want Find
	db.Find(&rows, rest...)                  // want Find
	db.Delete(&rows, s)                      // want Delete
	db.FirstOrInit(&rows, s)                 // want FirstOrInit
	db.FirstOrCreate(&rows, s)               // want FirstOrCreate
	db.Preload("Items", s)                   // want Preload
	db.Pluck(s, &order)                      // want Pluck
	db.Update(s, 1)                          // want Update
	db.UpdateColumn(s, 1)                    // want UpdateColumn
	db.SavePoint(s)                          // want SavePoint
	db.RollbackTo(s)                         // want RollbackTo
	db.Association("Items").Find(&rows, s)   // want Find
	db.UpdateColumn("name", gorm.Expr(s))    // want Expr
	db.Where(clause.Expr{SQL: s})            // want SQL
	db.Where(clause.Expr{s, nil, false})     // want SQL
	db.Where(&clause.NamedExpr{SQL: s})      // want SQL
	db.Clauses(clause.Locking{Strength: s})  // want Strength
	db.Clauses(clause.Insert{Modifier: s})   // want Modifier
	db.Statement.WriteString(s)              // want WriteString
	db.Session(&gorm.Session{}).Where(s + s) // want Where
	db.Scopes(func(db *gorm.DB) *gorm.DB {
		return db.Order(s) // want Order
	})
	db.Order(clause.OrderByColumn{Column: clause.Column{Name: s, Raw: true}})     // want Name
	db.Order(clause.OrderBy{Columns: []clause.OrderByColumn{{Column: raw(s)}}})   // nothing: raw speaks up
	db.Clauses(clause.From{Tables: []clause.Table{{Name: s, Raw: s == "stock"}}}) // want Name
	for _, f := range []func(any) *gorm.DB{db.Order} {                            // want Order
		f(s)
	}
	var late clause.Expr
	late.SQL = s // want SQL
	db.Where(late)
	_ = gorm.G[row](db).Where(s)                          // want Where
	_ = gorm.G[row](db).Order(unknown)                    // want Order
	_ = gorm.G[row](db).Raw(s)                            // want Raw
	_ = gorm.G[row](db).Exec(context.Background(), s)     // want Exec
	_, _ = gorm.G[row](db).Count(context.Background(), s) // want Count
}

func raw(s string) clause.Column {
	return clause.Column{Name: s, Raw: true} // want Name
}

type shop struct{ *gorm.DB }

func wrapped(shop shop, s string) {
	shop.Order(s) // want Order
}

func constants(ctx context.Context, db *gorm.DB, s string, id int64, ids []int64, names []string, values ...any) {
	var rows []row
	var count int64
	db.Order("id DESC").Order(column + " DESC").Order((column))
	db.Order(clause.OrderByColumn{Column: clause.Column{Name: s}, Desc: true})
	db.Select("id", column, "stock").Select([]string{"id", column}).Select("id + ? AS next", id).Select("id + @n", values...)
	db.Distinct().Distinct("name", column)
	db.Where("name = ?", s).Where("a = ? AND b IN ?", values...).Where("name", s)
	db.Where(row{ID: id}).Where(&row{ID: id}).Where(map[string]any{"name": s}).Where("id IN (?)", db.Table("rows").Select("id"))
	db.Where(db.Where("name = ?", s)).Where(clause.Eq{Column: "name", Value: s}).Where(gorm.Expr("name = ?", s))
	db.Not("name = ?", s).Or("name = ?", s).Group("name").Having("COUNT(*) > ?", id)
	db.Joins("JOIN items ON items.id = ?", id).InnerJoins("Items")
	db.Raw("SELECT ?", s).Exec("DELETE FROM rows WHERE name = ?", s)
	db.First(&rows).First(&rows, id).Find(&rows, ids).Find(&rows, "name = ?", s).Find(&rows, names).Take(&rows, 1)
	db.Delete(&rows, id).Pluck("name", &names).Count(&count)
	db.Preload("Items").Preload(s, func(db *gorm.DB) *gorm.DB { return db.Order("id") })
	db.Update("name", s).UpdateColumn("stock", gorm.Expr("stock - ?", id)).Updates(map[string]any{"name": s})
	db.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}, clause.OnConflict{DoNothing: true})
	_, _ = gorm.G[row](db).Where("name = ?", s).Order("id").Find(ctx)
}
