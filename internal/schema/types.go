package schema

import pg "github.com/sqlc-dev/oliphant"

// typeInfo is a type as a column definition or a cast names it.
type typeInfo struct {
	name     string // canonical
	array    bool
	length   int  // of varchar and bpchar
	modified bool // any modifier, such as (3) or (10,2)
	serial   bool
}

func typeOf(t *pg.TypeName) typeInfo {
	parts := texts(t.GetNames())
	if len(parts) == 2 && parts[0] == "pg_catalog" {
		parts = parts[1:]
	}
	info := typeInfo{
		name:     qualify(splitName(parts)),
		array:    len(t.GetArrayBounds()) > 0,
		modified: len(t.GetTypmods()) > 0,
	}
	if len(parts) == 1 {
		info.name, info.serial = canonical(info.name)
	}
	if info.name == "varchar" || info.name == "bpchar" {
		if len(t.GetTypmods()) == 1 {
			info.length = int(t.Typmods[0].GetAConst().GetIval().GetIval())
		}
	}
	return info
}

// canonical resolves the names that the grammar does not: the serial types,
// which are no types at all.
func canonical(name string) (string, bool) {
	switch name {
	case "smallserial", "serial2":
		return "int2", true
	case "serial", "serial4":
		return "int4", true
	case "bigserial", "serial8":
		return "int8", true
	default:
		return name, false
	}
}

// builtinReturnsSet reports the functions of PostgreSQL that answer with a set
// of rows and can stand in a list of values.
func builtinReturnsSet(name string) bool {
	switch name {
	case "aclexplode", "generate_series", "generate_subscripts", "json_array_elements",
		"json_array_elements_text", "json_each", "json_each_text", "json_object_keys",
		"json_populate_recordset", "json_to_recordset", "jsonb_array_elements",
		"jsonb_array_elements_text", "jsonb_each", "jsonb_each_text", "jsonb_object_keys",
		"jsonb_path_query", "jsonb_path_query_tz", "jsonb_populate_recordset",
		"jsonb_to_recordset", "regexp_matches", "regexp_split_to_table", "string_to_table",
		"ts_parse", "ts_stat", "ts_token_type", "unnest":
		return true
	default:
		return false
	}
}

// returnsSet reports whether a call of the function may answer with any number
// of rows.
func (c *Catalog) returnsSet(function []*pg.Node) bool {
	parts := texts(function)
	if len(parts) == 2 && parts[0] == "pg_catalog" {
		parts = parts[1:]
	}
	name := qualify(splitName(parts))
	return c.SetReturning[name] || builtinReturnsSet(name)
}
