package schema

import (
	"reflect"

	pg "github.com/sqlc-dev/oliphant"
)

// walk calls visit for every node of a syntax tree, parents first, in the order
// of their fields. It does not go below a node for which visit returns false.
//
// Expressions have some seventy kinds of node; what interests us can be below
// any of them, so the tree is walked by its shape rather than by a list that
// would be incomplete with the next PostgreSQL.
func walk(node any, visit func(node any) bool) { walkValue(reflect.ValueOf(node), visit) }

func walkValue(v reflect.Value, visit func(node any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		walkValue(v.Elem(), visit)
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k != reflect.Pointer && k != reflect.Interface {
			return
		}
		for i := range v.Len() {
			walkValue(v.Index(i), visit)
		}
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct {
			return
		}
		node := v.Interface()
		if _, wrapper := node.(*pg.Node); !wrapper && !visit(node) {
			return
		}
		fields := v.Elem()
		for i := range fields.NumField() {
			switch f := fields.Field(i); f.Kind() {
			case reflect.Interface, reflect.Slice, reflect.Pointer:
				walkValue(f, visit)
			}
		}
	}
}

// texts returns the strings of a list of String nodes, such as a qualified name.
func texts(nodes []*pg.Node) []string {
	out := make([]string, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, n.GetString_().GetSval())
	}
	return out
}

// splitName takes a qualified name apart: the last element, and the one before.
// A database in front is left out, as it can only be the current one.
func splitName(parts []string) (schema, name string) {
	switch n := len(parts); n {
	case 0:
		return "", ""
	case 1:
		return "", parts[0]
	default:
		return parts[n-2], parts[n-1]
	}
}

// joinName spells a qualified name as facts spell it.
func joinName(nodes []*pg.Node) string { return qualify(splitName(texts(nodes))) }

// columnsIn returns the names of the columns that an expression mentions, each
// once, in order.
func columnsIn(expr *pg.Node) []string {
	var names []string
	seen := map[string]bool{}
	walk(expr, func(node any) bool {
		ref, ok := node.(*pg.ColumnRef)
		if !ok {
			return true
		}
		if _, name := splitName(texts(ref.Fields)); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
		return false
	})
	return names
}
