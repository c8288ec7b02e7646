package schema

import (
	"slices"
	"strings"
)

// publicSchema is where unqualified names live, for sqlc as for a server with
// the default search_path.
const publicSchema = "public"

// Table returns the table of that name, or nil when the catalog has none. A
// name outside of the public schema is written "schema.table"; "public." may be
// left out.
func (c *Catalog) Table(name string) *Table {
	if t := c.table("", name); t != nil {
		return t
	}
	if schema, rest, ok := strings.Cut(name, "."); ok {
		return c.table(schema, rest)
	}
	return nil
}

// table finds a table by the two parts of its name as SQL gives them.
func (c *Catalog) table(schema, name string) *Table {
	schema = tableSchema(schema)
	if c.index != nil {
		return c.index.tables[[2]string{schema, name}]
	}
	for _, t := range c.Tables {
		if t.Name == name && t.Schema == schema {
			return t
		}
	}
	return nil
}

// Enum returns the enum type of that name, or nil when the catalog has none.
// "public." may be left out.
func (c *Catalog) Enum(name string) *Enum {
	name = strings.TrimPrefix(name, publicSchema+".")
	for _, e := range c.Enums {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Column returns the column of that name, or nil when the table has none.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// QualifiedName is the table's name, "schema.name" outside of public.
func (t *Table) QualifiedName() string { return qualify(t.Schema, t.Name) }

// tableSchema is how Table.Schema spells a schema.
func tableSchema(schema string) string {
	if schema == publicSchema {
		return ""
	}
	return schema
}

// qualify joins the parts of a name as every fact of this package spells it.
func qualify(schema, name string) string {
	if schema == "" || schema == publicSchema {
		return name
	}
	return schema + "." + name
}

// exact reports whether the server keeps a value of this type as it was sent,
// and compares it by identity: only then is what was written what will be read.
// The list is closed. Left out on purpose: char(n) pads, citext folds, numeric
// and floats round and have several spellings, timestamps round to
// microseconds and take the session's zone, json keeps or drops blanks.
func (c *Catalog) exact(typeName string) bool {
	switch class := c.class(typeName); class {
	case "uuid", "int2", "int4", "int8", "bool", "text":
		return true
	default:
		return c.Enum(class) != nil
	}
}

// class is the name under which types are the same for a parameter: text and
// varchar are, and a domain is its base type.
func (c *Catalog) class(typeName string) string {
	if typeName = c.BaseType(typeName); typeName == "varchar" {
		return "text"
	}
	return typeName
}

// BaseType is the type under the domains of a type.
func (c *Catalog) BaseType(typeName string) string {
	// A chain of domains is as long as there are domains; the bound only
	// matters for a catalog that was put together by hand.
	for range len(c.Domains) {
		base, ok := c.Domains[typeName]
		if !ok {
			break
		}
		typeName = base
	}
	return typeName
}

// sortedNames returns the keys of a set, in order; nil for an empty set.
func sortedNames(set map[string]bool) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
