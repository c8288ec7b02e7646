package schema

// Builtin looks a function up in the list of built-in ones.
func Builtin(name string) (volatile, listed bool) {
	volatile, listed = builtins()[name]
	return volatile, listed
}
