package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

const unitColumns = `u.id, u.code, u.name_vi, u.name_en, u.kind, u.parent, u.path, u.valid_from, u.valid_to, u.successor, u.assumed, u.version`

const (
	sqlUnits      = `SELECT ` + unitColumns + ` FROM units u WHERE u.kind <> 'producer' AND u.path >= $1 ORDER BY u.path LIMIT $2`
	sqlUnit       = `SELECT ` + unitColumns + ` FROM units u WHERE u.id = $1`
	sqlUnitByCode = `SELECT ` + unitColumns + ` FROM units u WHERE u.code = $1`
)

var (
	setUnits = sqldb.Set{
		SQL:     `SELECT ` + unitColumns + ` FROM units u WHERE u.id IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setUnitsByCode = sqldb.Set{
		SQL:     `SELECT ` + unitColumns + ` FROM units u WHERE u.code IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

var setProducers = sqldb.Set{
	SQL:     `SELECT ` + producerColumns + ` FROM producers r JOIN units u ON u.id = r.id WHERE u.id IN (SELECT c1 FROM {rows})`,
	Columns: []sqldb.Kind{sqldb.Text},
}

const producerColumns = `u.id, u.code, u.name_vi, r.form, r.registration, u.parent, u.path, u.version`

const (
	sqlProducer  = `SELECT ` + producerColumns + ` FROM producers r JOIN units u ON u.id = r.id WHERE u.id = $1`
	sqlProducers = `SELECT ` + producerColumns + ` FROM producers r JOIN units u ON u.id = r.id WHERE u.code > $1 ORDER BY u.code LIMIT $2`
)

var (
	writeUnit     = inserts(tableUnits)
	writeProducer = inserts(tableProducers)
)

func scanUnit(s scanner) (u ocop.Unit, err error) {
	var parent, successor sql.NullString
	var from, to sql.NullInt64
	err = s.Scan(&u.ID, &u.Code, &u.Name.Vi, &u.Name.En, &u.Kind, &parent, &u.Path, &from, &to, &successor, &u.Assumed, &u.Version)
	u.Parent, u.Successor, u.ValidFrom, u.ValidTo = parent.String, successor.String, day(from), day(to)
	return u, err
}

func scanProducer(s scanner) (p ocop.Producer, err error) {
	var parent sql.NullString
	err = s.Scan(&p.ID, &p.Code, &p.Name, &p.Form, &p.Registration, &parent, &p.Path, &p.Version)
	p.Unit = parent.String
	return p, err
}

// Units lists authorities by path, from the one at or after the path given.
func Units(ctx context.Context, q sqldb.Querier, from ocop.Path, limit int) ([]ocop.Unit, error) {
	rows, err := q.Query(ctx, sqlUnits, string(from), limit)
	return collect(rows, err, "units", scanUnit)
}

// Unit finds a unit by its id; nil when there is none.
func Unit(ctx context.Context, q sqldb.Querier, id string) (*ocop.Unit, error) {
	return one(q.QueryRow(ctx, sqlUnit, id), "unit", scanUnit)
}

// UnitByCode finds a unit by its code; nil when there is none.
func UnitByCode(ctx context.Context, q sqldb.Querier, code string) (*ocop.Unit, error) {
	return one(q.QueryRow(ctx, sqlUnitByCode, code), "unit by code", scanUnit)
}

// UnitsByID finds many units by their ids; unknown ids are not in the answer.
func UnitsByID(ctx context.Context, q sqldb.Querier, list []string) (map[string]*ocop.Unit, error) {
	return unitsBy(ctx, q, setUnits, list, func(u ocop.Unit) string { return u.ID })
}

// UnitsByCode finds many units and producers by their codes; unknown codes are
// not in the answer.
func UnitsByCode(ctx context.Context, q sqldb.Querier, codes []string) (map[string]*ocop.Unit, error) {
	return unitsBy(ctx, q, setUnitsByCode, codes, func(u ocop.Unit) string { return u.Code })
}

func unitsBy(ctx context.Context, q sqldb.Querier, set sqldb.Set, list []string, key func(ocop.Unit) string) (map[string]*ocop.Unit, error) {
	rows, err := sqldb.QuerySet(ctx, q, set, ids(list))
	out := make(map[string]*ocop.Unit, len(list))
	_, err = collect(rows, err, "units", func(s scanner) (struct{}, error) {
		u, err := scanUnit(s)
		out[key(u)] = &u
		return struct{}{}, err
	})
	return out, err
}

// UnitBy finds a unit by id or code; nil when there is none.
func UnitBy(ctx context.Context, q sqldb.Querier, key string) (*ocop.Unit, error) {
	u, err := Unit(ctx, q, key)
	if err == nil && u == nil {
		u, err = UnitByCode(ctx, q, key)
	}
	return u, err
}

// InsertUnit adds a unit; its code must be new.
func InsertUnit(ctx context.Context, tx *sqldb.Tx, u ocop.Unit) error {
	return writeUnit.one(ctx, tx, "insert unit "+u.Code, u.ID, u.Code, u.Name.Vi, u.Name.En, string(u.Kind),
		nullText(u.Parent), string(u.Path), nullDay(u.ValidFrom), nullDay(u.ValidTo), nullText(u.Successor), u.Assumed, int64(1))
}

// Producer finds a producer by its id; nil when there is none.
func Producer(ctx context.Context, q sqldb.Querier, id string) (*ocop.Producer, error) {
	return one(q.QueryRow(ctx, sqlProducer, id), "producer", scanProducer)
}

// ProducersByID finds many by their ids; unknown ids are not in the answer.
func ProducersByID(ctx context.Context, q sqldb.Querier, list []string) (map[string]ocop.Producer, error) {
	rows, err := sqldb.QuerySet(ctx, q, setProducers, ids(list))
	out := map[string]ocop.Producer{}
	_, err = collect(rows, err, "producers by id", func(s scanner) (struct{}, error) {
		p, err := scanProducer(s)
		out[p.ID] = p
		return struct{}{}, err
	})
	return out, err
}

// Producers lists producers by code, after the code given.
func Producers(ctx context.Context, q sqldb.Querier, after string, limit int) ([]ocop.Producer, error) {
	rows, err := q.Query(ctx, sqlProducers, after, limit)
	return collect(rows, err, "producers", scanProducer)
}

// InsertProducer adds a producer and the unit that it is.
func InsertProducer(ctx context.Context, tx *sqldb.Tx, p ocop.Producer) error {
	u := ocop.Unit{ID: p.ID, Code: p.Code, Name: ocop.Text{Vi: p.Name, En: p.Name}, Kind: ocop.Producers, Parent: p.Unit, Path: p.Path}
	if err := InsertUnit(ctx, tx, u); err != nil {
		return err
	}
	return writeProducer.one(ctx, tx, "insert producer "+p.Code, p.ID, p.Form, ocop.Fold(p.Name), p.Registration)
}

// CommunesBelow are the communes of a day at or below any of the places, by name.
func CommunesBelow(ctx context.Context, q sqldb.Querier, places []ocop.Path, on ocop.Date, limit int) ([]ocop.Unit, error) {
	var b binder
	text := fmt.Sprintf(`SELECT %s FROM units u WHERE u.kind = 'commune' AND %s AND (u.valid_to IS NULL OR u.valid_to >= %s) ORDER BY u.name_vi, u.code LIMIT %s`,
		unitColumns, pathsBelow("u.path", places, b.bind), b.bind(int64(on)), b.bind(limit))
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "communes", scanUnit)
}

// UnitsBelow are the authorities at or below any of the places, by path, after
// the path given.
func UnitsBelow(ctx context.Context, q sqldb.Querier, places []ocop.Path, after ocop.Path, limit int) ([]ocop.Unit, error) {
	var b binder
	text := fmt.Sprintf(`SELECT %s FROM units u WHERE u.kind <> 'producer' AND %s AND u.path > %s ORDER BY u.path LIMIT %s`,
		unitColumns, pathsBelow("u.path", places, b.bind), b.bind(string(after)), b.bind(limit))
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "units", scanUnit)
}

// ProducersBelow are the producers at or below any of the places whose folded
// name holds every word, by code, after the code given.
func ProducersBelow(ctx context.Context, q sqldb.Querier, places []ocop.Path, name, after string, limit int) ([]ocop.Producer, error) {
	var b binder
	where := pathsBelow("u.path", places, b.bind)
	for _, word := range strings.Fields(name) {
		where += fmt.Sprintf(` AND r.folded LIKE %s ESCAPE '\'`, b.bind("%"+escapeLike(word)+"%"))
	}
	text := fmt.Sprintf(`SELECT %s FROM producers r JOIN units u ON u.id = r.id WHERE %s AND u.code > %s ORDER BY u.code LIMIT %s`,
		producerColumns, where, b.bind(after), b.bind(limit))
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "producers", scanProducer)
}
