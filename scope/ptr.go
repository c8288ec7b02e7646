package scope

// Ptr returns a pointer to a copy of v, for columns that may be NULL and for inputs
// that have a default.
func Ptr[T any](v T) *T { return &v }
