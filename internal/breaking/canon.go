package breaking

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
)

// canon writes a value by what it is, whatever the specification calls the steps
// and loops that it comes from.
func canon(v model.Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case *model.RowValue:
		return "row of " + queryName(v.Call)
	case *model.RowsValue:
		return "rows of " + queryName(v.Call)
	case *model.GroupsValue:
		names := make([]string, len(v.By))
		for i, column := range v.By {
			names[i] = v.Call.Query.Columns[column].Field
		}
		return "rows of " + queryName(v.Call) + " by " + strings.Join(names, ", ")
	case *model.ColumnValue:
		if v.Known != nil && repeatable(v.Known.Value) {
			return canon(v.Known.Value) // $row.name is the $input.name that was sent
		}
		return "row of " + queryName(v.Call) + "." + column(v.String())
	case *model.ListValue:
		return "list of " + queryNames(v.List)
	case *model.PickValue:
		return "list of " + queryNames(v.List) + "." + v.Key
	case *model.ElemValue:
		return "each of " + canon(v.Loop.Over)
	case *model.FieldValue:
		return canon(v.Of) + "." + v.Name
	case *model.HookResult:
		return canon(v.Hook.Call)
	case *model.GoCall:
		return "$go." + v.Func.Name + "(" + canonAll(v.Args) + ")"
	case *model.Concat:
		return "concat(" + canonAll(v.Parts) + ")"
	case *model.Conversion:
		return "$" + v.As + "(" + canon(v.X) + ")"
	default: // what is named by the language or by the caller's side
		return v.String()
	}
}

// repeatable reports whether a value that is written twice is one value: not
// so an id that is drawn, and what a Go function returns.
func repeatable(v model.Value) bool {
	switch v := v.(type) {
	case *model.NewUUID, *model.GoCall:
		return false
	case *model.FieldValue:
		return repeatable(v.Of)
	case *model.Conversion:
		return repeatable(v.X)
	case *model.Concat:
		return !slices.ContainsFunc(v.Parts, func(p model.Value) bool { return !repeatable(p) })
	default:
		return true
	}
}

func canonAll(values []model.Value) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = canon(v)
	}
	return strings.Join(out, ", ")
}

// column is the last element of a reference.
func column(ref string) string { return ref[strings.LastIndexByte(ref, '.')+1:] }

// queryName is a query's name with that of its package, wherever that lies.
func queryName(c *model.Call) string { return c.Query.Package.Name + "." + c.Query.Name }

func queryNames(l *model.Collected) string {
	names := make([]string, len(l.Calls))
	for i, c := range l.Calls {
		names[i] = queryName(c)
	}
	return strings.Join(names, " and ")
}

// loop writes what a loop goes over.
func loop(l *model.Loop) string {
	text := canon(l.Over)
	for _, f := range l.Filters {
		text += " where " + column(f.Field.String())
		if f.Not {
			text += " not"
		}
		text += " in (" + canonAll(f.Any) + canon(f.List) + ")"
	}
	return text
}

func loops(list []*model.Loop) []string {
	var out []string
	for _, l := range model.InnerLoops(list) {
		out = append(out, loop(l))
	}
	return out
}

// conds writes conditions, all of which hold.
func conds(list []model.Cond) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = cond(c)
	}
	return out
}

func cond(c model.Cond) string {
	switch c := c.(type) {
	case *model.Truth:
		return canon(c.Value)
	case *model.Compare:
		return canon(c.Left) + " = " + canon(c.Right)
	case *model.IsSet:
		return "set " + canon(c.Value)
	case *model.Negation:
		return "not (" + cond(c.Cond) + ")"
	case *model.Junction:
		parts := conds(c.Conds)
		for i, p := range parts {
			parts[i] = "(" + p + ")"
		}
		if c.Any {
			return strings.Join(parts, " or ")
		}
		return strings.Join(parts, " and ")
	default:
		return c.Key()
	}
}
