// Package goname knows how Go things are named: types as they are written in
// source, exported and unexported identifiers made from SQL names, and names
// that are unique within a scope.
package goname

import "strings"

// Type is a Go type as it is spelled in generated code. Values are compared
// with ==; the zero Type means "no type".
type Type struct {
	// Mods are the modifiers in front of the name, in source order:
	// "*" for a pointer, "[]" for a slice, such as "[]*".
	Mods string
	// Pkg is the import path of a named type, "" for a predeclared one.
	Pkg string
	// PkgName is the package's own name, such as "pgtype", "" for a predeclared type.
	PkgName string
	// Name is the type's name, such as "UUID" or "string". Array types such as
	// "[16]byte" and empty interfaces ("any", "interface{}") are spelled here.
	Name string
}

// Basic returns a predeclared type, such as Basic("string").
func Basic(name string) Type { return Type{Name: name} }

// Named returns a type declared in a package.
func Named(pkg, pkgName, name string) Type { return Type{Pkg: pkg, PkgName: pkgName, Name: name} }

// IsZero reports whether t is no type at all.
func (t Type) IsZero() bool { return t == Type{} }

// IsSlice reports whether t is a slice.
func (t Type) IsSlice() bool { return strings.HasPrefix(t.Mods, "[]") }

// IsPointer reports whether t is a pointer.
func (t Type) IsPointer() bool { return strings.HasPrefix(t.Mods, "*") }

// Elem returns what a pointer points to or a slice holds; the zero Type for
// anything else.
func (t Type) Elem() Type {
	switch {
	case t.IsSlice():
		t.Mods = t.Mods[2:]
	case t.IsPointer():
		t.Mods = t.Mods[1:]
	default:
		return Type{}
	}
	return t
}

// SliceOf returns []t.
func (t Type) SliceOf() Type { t.Mods = "[]" + t.Mods; return t }

// PointerTo returns *t.
func (t Type) PointerTo() Type { t.Mods = "*" + t.Mods; return t }

// String spells t with its package's name, such as "[]*rbacdb.Role".
func (t Type) String() string {
	if t.PkgName == "" {
		return t.Mods + t.Name
	}
	return t.Mods + t.PkgName + "." + t.Name
}
