// Package tools pins the programs that build specgen. It is a module of its own
// so that none of their dependencies reach those who import specgen.
package tools
