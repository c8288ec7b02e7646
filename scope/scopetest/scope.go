package scopetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/scope"
)

// Scope says how one type of scope is made and purged, in the consumer's own
// schema and by the consumer's own coordinators. Made is what a creation returns,
// such as *rbac.ProjectCreatorResult; Parent is the Made of the parent's type, or
// [None].
//
// Every invariant must be tried: a field that one needs and that is left out
// fails that invariant, unless NotApplicable says why it is. The functions are
// called from several goroutines.
type Scope[Parent, Made any] struct {
	// Type is the scope's type as it is stored.
	Type string

	// Table is the table that holds the scope's row, with its schema if that is not
	// in the search path.
	Table string

	// Keep are the tables to which a create and a purge may add rows for good, such
	// as roles that outlive their scope or an audit log.
	Keep []string

	// Nested are the types of scopes that Create makes within this one. What is left
	// of them without this scope's row is theirs, and for their own purge to clean.
	Nested []string

	// Create creates a scope below parent. db is a *pgxpool.Pool, a pgx.Tx to join,
	// or a DB of this package, which begins transactions like a pool: hand it to the
	// generated NewProvider. name is unique, unless the suite wants two of one name;
	// it matches [a-z][a-z0-9-]{1,31}.
	Create func(ctx context.Context, db scope.DB, parent Parent, name string) (Made, error)

	// CreateIn creates a scope as Create does, by an operation of WriterOps. Without
	// it PresetsAreWhole leaves that way to call out.
	CreateIn func(ctx context.Context, db scope.DB, parent Parent, name string) (Made, error)

	// Purge purges what Create made, and says whether it was found.
	Purge func(ctx context.Context, db scope.DB, made Made) (found bool, err error)

	// PurgeAll purges several in one transaction, one after the other in the order
	// given, as operations of WriterOps do.
	PurgeAll func(ctx context.Context, db scope.DB, made []Made) error

	// CreateMany and PurgeMany are the bulk functions: all of the scopes, or none.
	// With them every invariant is tried once more, on two scopes at a time.
	CreateMany func(ctx context.Context, db scope.DB, parent Parent, names []string) ([]Made, error)
	PurgeMany  func(ctx context.Context, db scope.DB, made []Made) (found []bool, err error)

	// ID returns the scope's id as the tables of rights store it.
	ID func(made Made) string

	// Parent is the Scope of the parent, from which fresh parents are made.
	Parent Maker[Parent]

	// Taken is what errors.Is finds in the error of a creation whose name is taken.
	Taken error

	// AddMember adds to the scope what the application adds while it exists: a
	// member, an association, a child. It must keep the protocol of the application,
	// which is to hold FOR KEY SHARE on the scope's row, if only by a foreign key,
	// and must return an error when the scope is gone. The suite commits tx.
	AddMember func(ctx context.Context, tx pgx.Tx, made Made) error

	// OtherType are statements that write rows under another scope type with the
	// scope's own id, into every table that a purge deletes from by type and id:
	// both directions of associations, permissions, memberships. $1 is the scope's
	// id, as text. Each must write a row.
	OtherType []string

	// KeepsResidue says that a purge touches nothing where it does not find the scope:
	// its id can be chosen, so that another scope of that id may come meanwhile, or its
	// lock looks at a tenant, or row-level security may hide the row. specgen explain
	// tells it, at the purge's lock.
	KeepsResidue bool

	// Presets says how administrators edit presets.
	Presets *Presets

	// NotApplicable gives, for each invariant that cannot apply, the reason: it is
	// logged. Say it only of what the schema makes impossible.
	NotApplicable map[Invariant]string
}

// None is the Parent of a scope that has no parent.
type None struct{}

// Presets are the statements by which an administrator edits presets, and the one
// that shows the roles of a scope. All parameters are text, so that they may need
// a cast. The suite brings its own presets, beside those that are there.
type Presets struct {
	// Insert inserts a preset that is active: $1 scope type, $2 name, $3 a flag,
	// 'true' or 'false', for auto_assign or the like. It returns the id as text.
	Insert string
	// Update changes name and flag: $1 id, $2 name, $3 flag.
	Update string
	// Archive soft-deletes: $1 id. Empty when presets can only be deleted.
	Archive string
	// Restore takes an Archive back: $1 id. Empty where that is not done.
	Restore string
	// Retype gives a preset another scope type: $1 id, $2 type. Empty where that is
	// not done.
	Retype string
	// Delete deletes for good: $1 id. The entries are gone by then.
	Delete string
	// InsertEntry adds an entry: $1 id of the preset, $2 entity type, $3 operation.
	InsertEntry string
	// DeleteEntries deletes the entries: $1 id of the preset.
	DeleteEntries string
	// Operations are the values for $3 of InsertEntry; create, read and update by
	// default.
	Operations []string
	// Roles returns the roles of a scope, in parts: $1 scope type, $2 scope id. Two
	// columns of text: something that tells the scope's roles apart, such as the
	// role's id, and a part of the role: its name and flag, and for each permission a
	// row. The scope's name may be in it.
	Roles string
}

// Subject is a [Scope] of whatever types.
type Subject interface {
	erase() *subject
}

// Maker is the [Scope] that makes parents of type Made.
type Maker[Made any] interface {
	Subject
	makes(Made)
}

// subject is a Scope without its types.
type subject struct {
	typ, table    string
	keep, nested  []string
	parent        *subject
	create        func(ctx context.Context, db scope.DB, parent any, name string) (any, error)
	createIn      func(ctx context.Context, db scope.DB, parent any, name string) (any, error)
	purge         func(ctx context.Context, db scope.DB, made any) (bool, error)
	purgeAll      func(ctx context.Context, db scope.DB, made []any) error
	id            func(made any) string
	taken         error
	addMember     func(ctx context.Context, tx pgx.Tx, made any) error
	otherType     []string
	keepsResidue  bool
	presets       *Presets
	notApplicable map[Invariant]string
	incomplete    error
	most          int      // statements behind which an operation is stopped
	bulk          *subject // two scopes at a time; nil without bulk functions
}

func (s Scope[Parent, Made]) makes(Made) {}

func (s Scope[Parent, Made]) erase() *subject {
	out := &subject{
		typ: s.Type, table: s.Table, keep: s.Keep, nested: s.Nested, taken: s.Taken, otherType: s.OtherType, keepsResidue: s.KeepsResidue, presets: s.Presets,
		notApplicable: s.NotApplicable, incomplete: s.incomplete(), most: 8,
	}
	if s.Parent != nil {
		out.parent = s.Parent.erase()
		out.keep = slices.Concat(out.keep, out.parent.keep)
	}
	out.create = func(ctx context.Context, db scope.DB, parent any, name string) (any, error) {
		below, _ := parent.(Parent) // the zero value when there is none
		return s.Create(ctx, db, below, name)
	}
	if s.CreateIn != nil {
		out.createIn = func(ctx context.Context, db scope.DB, parent any, name string) (any, error) {
			below, _ := parent.(Parent)
			return s.CreateIn(ctx, db, below, name)
		}
	}
	out.purge = func(ctx context.Context, db scope.DB, made any) (bool, error) { return s.Purge(ctx, db, made.(Made)) }
	out.id = func(made any) string { return s.ID(made.(Made)) }
	if s.PurgeAll != nil {
		out.purgeAll = func(ctx context.Context, db scope.DB, made []any) error {
			typed := make([]Made, len(made))
			for i, m := range made {
				typed[i] = m.(Made)
			}
			return s.PurgeAll(ctx, db, typed)
		}
	}
	if s.AddMember != nil {
		out.addMember = func(ctx context.Context, tx pgx.Tx, made any) error { return s.AddMember(ctx, tx, made.(Made)) }
	}
	if s.CreateMany != nil && s.PurgeMany != nil {
		out.bulk = s.inBulk(*out)
	}
	return out
}

// incomplete says what every invariant needs and is left out.
func (s Scope[Parent, Made]) incomplete() error {
	var lacking []string
	for field, is := range map[string]bool{
		"Type": s.Type == "", "Table": s.Table == "", "Create": s.Create == nil, "Purge": s.Purge == nil, "ID": s.ID == nil,
	} {
		if is {
			lacking = append(lacking, field)
		}
	}
	_, isNone := any(*new(Parent)).(None)
	bulk := s.CreateMany != nil && s.PurgeMany != nil
	why, excused := s.NotApplicable[InBulk]
	switch {
	case !bulk && why == "":
		return fmt.Errorf("the Scope of %q lacks CreateMany or PurgeMany: give both, or say in NotApplicable[InBulk] why not", s.Type)
	case bulk && excused:
		return fmt.Errorf("the Scope of %q has bulk functions, which NotApplicable excuses: remove it there", s.Type)
	case len(lacking) > 0:
		slices.Sort(lacking)
		return fmt.Errorf("the Scope of %q has no %s", s.Type, strings.Join(lacking, ", "))
	case !isNone && s.Parent == nil:
		return fmt.Errorf("the Scope of %q has no Parent to make its parents", s.Type)
	case s.Presets != nil:
		return s.Presets.incomplete()
	}
	return nil
}

func (p *Presets) incomplete() error {
	if p.Insert == "" || p.Update == "" || p.Delete == "" || p.InsertEntry == "" || p.DeleteEntries == "" || p.Roles == "" {
		return errors.New("of Presets only Archive and Operations may be empty")
	}
	return nil
}
