package model

import (
	"math"
	"slices"
	"time"

	"github.com/specgen-dev/specgen/internal/spec"
)

// The types of PostgreSQL that hold a time, and read an offset differently.
const (
	dateType  = "date"
	localType = "timestamp"
	timeType  = "timestamptz"
)

// timeOf is which of these types a shape is: by the type under its domains, else by
// the Go type.
func (s Shape) timeOf() string {
	known := []string{dateType, localType, timeType}
	for _, name := range []string{s.base, s.SQL} {
		if slices.Contains(known, name) {
			return name
		}
	}
	if s.Go.Pkg == pgtypePath && s.Go.Name == "Date" {
		return dateType
	}
	if s.Go.Pkg == pgtypePath && s.Go.Name == "Timestamp" {
		return localType
	}
	return timeType
}

// localLayout is a time without an offset, which only timestamptz needs.
const localLayout = "2006-01-02T15:04:05"

// timeText reads a constant as PostgreSQL reads it for a type.
func timeText(s *spec.Scalar, of string) (text, wrong string) {
	layouts, example := []string{time.RFC3339Nano}, `a time such as "2026-11-23T09:00:00Z"`
	switch of {
	case dateType:
		layouts, example = append(layouts, time.DateOnly, localLayout), `a date such as "2026-11-23"`
	case localType:
		layouts, example = append(layouts, localLayout), `a time such as "2026-11-23T09:00:00"`
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s.Text); err == nil && s.Kind == spec.String {
			return sqlTime(t, of).Format(time.RFC3339Nano), ""
		}
	}
	return "", "is not " + example
}

// sqlTime is what PostgreSQL makes of a time with an offset: only timestamptz
// converts it; date and timestamp ignore it (manual, 8.5.1.3). It rounds to
// microseconds.
func sqlTime(t time.Time, of string) time.Time {
	year, month, day := t.Date()
	micros := int(math.RoundToEven(float64(t.Nanosecond()) / 1000))
	switch of {
	case dateType:
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	case localType:
		return time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), 1000*micros, time.UTC)
	default:
		return time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), 1000*micros, t.Location()).UTC()
	}
}

// checkTimes refuses a field of data that was read as one type of time, where another
// type reads its constants as other times.
func (r *resolver) checkTimes(v *FieldValue, to Shape, at spec.Expr, what string) {
	was := v.Data.Shape
	if was.Kind == List && was.Elem != nil && to.Kind == List && to.Elem != nil {
		was, to = *was.Elem, *to.Elem
	}
	if was.Kind != Time || to.Kind != Time || was.timeOf() == to.timeOf() {
		return
	}
	if slices.ContainsFunc(v.Data.exprs, func(e spec.Expr) bool { return readsOtherwise(e, was.timeOf(), to.timeOf()) }) {
		r.fail(at.Position(), "SG301", "give each of the two a field of its own",
			"%s was read as %s, and %s is %s: an offset, or the time of day, means something else there", v, was.timeOf(), what, to.timeOf())
	}
}

func readsOtherwise(e spec.Expr, was, is string) bool {
	if list, ok := e.(*spec.List); ok {
		return slices.ContainsFunc(list.Items, func(x spec.Expr) bool { return readsOtherwise(x, was, is) })
	}
	s, ok := e.(*spec.Scalar)
	if !ok || s.Kind == spec.Null {
		return false
	}
	a, _ := timeText(s, was)
	b, _ := timeText(s, is)
	return a != b
}
