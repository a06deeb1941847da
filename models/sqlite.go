package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	sqlite "github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
)

// openSQLiteDB opens a database whose connections keep the statements they
// have prepared. SQLite takes as long to read a statement as to run it, and
// while the one writing connection reads, everybody else waits.
func openSQLiteDB(dsn string) (*sql.DB, error) {
	connector, err := (&sqlite.SQLite{}).OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{connector}), nil
}

// RegisterLower has LOWER on a connection know every letter, as Go and
// PostgreSQL do: SQLite's own knows those of English. The columns that orders
// are looked up by are made with it, so whatever else writes orders registers
// it, too; who only reads needs nothing.
func RegisterLower(conn *sqlite3.Conn) error {
	return conn.CreateFunction("lower", 1, sqlite3.DETERMINISTIC|sqlite3.INNOCUOUS, func(ctx sqlite3.Context, arg ...sqlite3.Value) {
		if arg[0].Type() == sqlite3.NULL {
			ctx.ResultNull()
			return
		}
		ctx.ResultText(strings.ToLower(arg[0].Text()))
	})
}

type keepingConnector struct{ driver.Connector }

// sqliteConn is all that the driver's connections can do.
type sqliteConn interface {
	sqlite.Conn
	driver.ExecerContext
	driver.NamedValueChecker
}

// sqliteStmt is all that the driver's statements can do.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
	Reset() error
}

// Connect makes a connection that keeps its statements.
func (c keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	plain, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of type %T cannot keep statements", conn), conn.Close())
	}
	// Both are of this connection, and there before it prepares anything.
	if err := errors.Join(fts5.Register(plain.Raw()), RegisterLower(plain.Raw())); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	schema, _, err := plain.Raw().Prepare("PRAGMA schema_version")
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &keepingConn{sqliteConn: plain, idle: map[string]sqliteStmt{}, schema: schema}, nil
}

// keptStatements bounds what a connection keeps; each takes a few kilobytes.
const keptStatements = 120

// keepingConn is one connection. database/sql never uses it, nor a statement of
// it, from two goroutines at a time.
type keepingConn struct {
	sqliteConn
	idle    map[string]sqliteStmt // by their text
	schema  *sqlite3.Stmt         // asks for the schema's version
	version int64                 // of the schema for which they were prepared
}

// ResetSession is called before each use of the connection. Where the schema
// has changed since, by a migration or by another program, what is kept would
// answer with the columns of before.
func (c *keepingConn) ResetSession(context.Context) error {
	c.schema.Step()
	version := c.schema.ColumnInt64(0)
	if err := c.schema.Reset(); err != nil {
		return err
	}
	if version == c.version {
		return nil
	}
	c.version = version
	// The pragma reads the version alone. A query that runs into the new schema
	// has the connection read the rest, so that the next SELECT * is prepared
	// with the columns there are.
	return errors.Join(c.forget(), c.Raw().Exec("SELECT 1 FROM sqlite_schema LIMIT 1"))
}

// Prepare is PrepareContext without a context.
func (c *keepingConn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext takes a kept statement, or prepares one.
func (c *keepingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if kept, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return &keptStmt{kept, c, query}, nil
	}
	stmt, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	plain, ok := stmt.(sqliteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a statement of type %T cannot be kept", stmt), stmt.Close())
	}
	return &keptStmt{plain, c, query}, nil
}

// Close closes the connection and what it keeps.
func (c *keepingConn) Close() error {
	return errors.Join(c.forget(), c.schema.Close(), c.sqliteConn.Close())
}

func (c *keepingConn) forget() error {
	var faults []error
	for _, stmt := range c.idle {
		faults = append(faults, stmt.Close())
	}
	clear(c.idle)
	return errors.Join(faults...)
}

// keptStmt is a statement in use.
type keptStmt struct {
	sqliteStmt
	conn  *keepingConn
	query string
}

// ExecContext runs the statement.
func (s *keptStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.sqliteStmt.ExecContext(ctx, writtenTimes(args))
}

// QueryContext runs the statement and returns its rows.
func (s *keptStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.sqliteStmt.QueryContext(ctx, writtenTimes(args))
}

// sqliteTime is how every time of the shop's is written. SQLite compares times
// as text, so that they must be of one zone and one width: the driver's own way
// leaves out a fraction of zeros, and puts 12:00:00Z after 12:00:00.5Z.
const sqliteTime = "2006-01-02T15:04:05.000Z"

// writtenTimes writes the times among args, in place, so that they compare.
func writtenTimes(args []driver.NamedValue) []driver.NamedValue {
	for i, arg := range args {
		if at, ok := arg.Value.(time.Time); ok {
			args[i].Value = at.UTC().Format(sqliteTime)
		}
	}
	return args
}

// Close gives the statement back to its connection. A full connection forgets
// all and begins anew; what is asked often is soon there again.
func (s *keptStmt) Close() error {
	if _, twice := s.conn.idle[s.query]; twice {
		return s.sqliteStmt.Close()
	}
	_ = s.Reset() // tells again what its last use told already
	var err error
	if len(s.conn.idle) >= keptStatements {
		err = s.conn.forget()
	}
	s.conn.idle[s.query] = s.sqliteStmt
	return err
}
