package runtime

// Group puts rows with the same key together: a group for each key, in the order
// in which the keys first appear, and in each the rows in their order. No group is
// empty.
func Group[R any, K comparable](rows []R, key func(R) K) [][]R {
	var groups [][]R
	place := make(map[K]int)
	for _, row := range rows {
		k := key(row)
		i, seen := place[k]
		if !seen {
			i = len(groups)
			place[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	return groups
}
