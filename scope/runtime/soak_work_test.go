package runtime_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/scope"
)

// drawn makes a Provider of which the first project has an id that is known,
// whatever becomes of it.
func (s *soak) drawn() (*rbac.Provider, thing) {
	id := scope.NewUUID()
	first := true
	p := rbac.NewProvider(s.pool, scope.WithObserver(s.observe), scope.WithUUID(func() scope.UUID {
		if first {
			first = false
			return id
		}
		return scope.NewUUID()
	}))
	return p, thing{"project", pgtype.UUID{Bytes: id, Valid: true}}
}

func (s *soak) observe(_ context.Context, e scope.Event) {
	if e.Kind == scope.Retry {
		s.retries.Add(1)
	}
}

func (s *soak) createOne(ctx context.Context, random *rand.Rand) {
	p, th := s.drawn()
	_, err := p.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: s.domain(random), Name: s.name()})
	s.became(err, th)
	s.note("create project", err)
}

func (s *soak) createUser(ctx context.Context, random *rand.Rand) {
	res, err := s.rbac.CreateUser(ctx, rbac.UserCreatorSpec{DomainID: s.domain(random), Email: s.name()})
	if err == nil {
		s.became(nil, thing{"user", res.Row.ID})
	}
	s.note("create user", err)
}

// createSeveral makes projects in one transaction, and sometimes changes its mind.
func (s *soak) createSeveral(ctx context.Context, random *rand.Rand) {
	specs := make([]rbac.ProjectCreatorSpec, 2+random.IntN(4))
	for i := range specs {
		specs[i] = rbac.ProjectCreatorSpec{DomainID: s.domain(random), Name: s.name()}
	}
	fails := random.IntN(5) == 0
	var things []thing
	err := s.rbac.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
		things = nil
		for _, spec := range specs {
			res, err := ops.CreateProject(ctx, spec)
			if err != nil {
				return err
			}
			things = append(things, thing{"project", res.Row.ID})
		}
		if fails {
			return errCustom
		}
		return nil
	})
	s.became(err, things...)
	s.note("create several", err)
}

// createBulk makes projects with one call.
func (s *soak) createBulk(ctx context.Context, random *rand.Rand) {
	specs := make([]rbac.ProjectCreatorSpec, 1+random.IntN(12))
	for i := range specs {
		specs[i] = rbac.ProjectCreatorSpec{DomainID: s.domain(random), Name: s.name()}
	}
	created, err := s.rbac.CreateProjects(ctx, specs)
	var things []thing
	for _, res := range created {
		things = append(things, thing{"project", res.Row.ID})
	}
	s.became(err, things...)
	if errors.Is(err, scope.ErrCommitUnknown) { // and their ids were not told
		s.mu.Lock()
		for _, spec := range specs {
			s.untold[spec.Name] = true
		}
		s.mu.Unlock()
	}
	s.note("bulk create", err)
}

// purgeBulk purges projects with one call.
func (s *soak) purgeBulk(ctx context.Context, things []thing) {
	projects := slices.Clone(things)
	projects = slices.DeleteFunc(projects, func(th thing) bool { return th.kind != "project" })
	specs := make([]rbac.ProjectPurgerSpec, len(projects))
	for i, th := range projects {
		specs[i].ID = th.id
	}
	purged, err := s.rbac.PurgeProjects(ctx, specs)
	if err == nil {
		for i, res := range purged {
			if !res.Found {
				err = s.unexpectedlyGone(projects[i])
			}
		}
	}
	s.gone(err, projects...)
	s.note("bulk purge", err)
	for _, th := range things {
		if th.kind != "project" {
			s.gone(errCustom, th) // given back
		}
	}
}

// join makes a project in a caller's transaction, and purges another.
func (s *soak) join(ctx context.Context, random *rand.Rand) {
	old := s.take(random, 1)
	var th thing
	commit, err := s.begin(ctx, func(tx pgx.Tx) error {
		p := rbac.NewProvider(tx)
		res, err := p.CreateProject(ctx, rbac.ProjectCreatorSpec{DomainID: s.domain(random), Name: s.name()})
		if err != nil {
			return err
		}
		th = thing{"project", res.Row.ID}
		for _, o := range old {
			if err := s.purge(ctx, p, o); err != nil {
				return err
			}
		}
		if random.IntN(4) == 0 {
			return errCustom
		}
		return nil
	})
	if commit && err != nil { // the caller's COMMIT is the caller's
		var pgErr *pgconn.PgError
		if !errors.As(err, &pgErr) || strings.HasPrefix(pgErr.Code, "57P") {
			err = errors.Join(scope.ErrCommitUnknown, err)
		}
	}
	if th.id.Valid {
		s.became(err, th)
	}
	s.gone(err, old...)
	s.note("join", err)
}

// purger is what a Provider and WriterOps have in common.
type purger interface {
	PurgeProject(context.Context, rbac.ProjectPurgerSpec) (*rbac.ProjectPurgerResult, error)
	PurgeUser(context.Context, rbac.UserPurgerSpec) (*rbac.UserPurgerResult, error)
}

var errNotFound = errors.New("what was made and not purged was not found")

func (s *soak) purge(ctx context.Context, p purger, th thing) error {
	if th.kind == "user" {
		res, err := p.PurgeUser(ctx, rbac.UserPurgerSpec{ID: th.id})
		if err == nil && !res.Found {
			return s.unexpectedlyGone(th)
		}
		return err
	}
	res, err := p.PurgeProject(ctx, rbac.ProjectPurgerSpec{ID: th.id})
	if err == nil && !res.Found {
		return s.unexpectedlyGone(th)
	}
	return err
}

func (s *soak) purgeOne(ctx context.Context, random *rand.Rand) {
	for _, th := range s.take(random, 1) {
		err := s.purge(ctx, s.rbac, th)
		s.gone(err, th)
		s.note("purge "+th.kind, err)
	}
}

// purgeSeveral takes them in any order: those who meet must retry.
func (s *soak) purgeSeveral(ctx context.Context, things []thing) {
	err := s.rbac.WriterOps(ctx, func(ctx context.Context, ops *rbac.WriterOps) error {
		for _, th := range things {
			if err := s.purge(ctx, ops, th); err != nil {
				return err
			}
		}
		return nil
	})
	s.gone(err, things...)
	s.note("purge several", err)
}

// replaceDomain purges a domain, which is refused while it has children, and
// makes another in its place.
func (s *soak) replaceDomain(ctx context.Context, random *rand.Rand) {
	s.mu.Lock()
	i := 1 + random.IntN(len(s.domains)-1)
	old := s.domains[i]
	s.mu.Unlock()
	_, err := s.rbac.PurgeDomain(ctx, rbac.DomainPurgerSpec{ID: old})
	s.note("purge domain", err)
	if err != nil && !errors.Is(err, scope.ErrCommitUnknown) {
		return
	}
	res, err := s.rbac.CreateDomain(ctx, rbac.DomainCreatorSpec{Name: s.name()})
	s.note("create domain", err)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.domains[i] = res.Row.ID
}

// ending says in a word how an operation ended, and whether kills, impatience
// and other workers explain it.
func ending(err error) string {
	var pgErr *pgconn.PgError
	hasCode := errors.As(err, &pgErr)
	var e *scope.Error
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, errNotFound):
		return "unexplained"
	case errors.Is(err, scope.ErrCommitUnknown):
		return "unknown"
	case errors.Is(err, errCustom):
		return "changed our mind"
	case errors.Is(err, context.DeadlineExceeded):
		return "impatient"
	case errors.Is(err, scope.ErrHasChildren):
		return "has children"
	case errors.Is(err, scope.ErrParentNotFound):
		return "parent gone"
	case errors.Is(err, scope.ErrConflict):
		return "conflict"
	case hasCode && strings.HasPrefix(pgErr.Code, "57P"):
		return "killed"
	case hasCode && !errors.As(err, &e) && (pgErr.Code == "40P01" || pgErr.Code == "40001"):
		return "conflict" // of an administrator
	case !hasCode && isLoss(err):
		return "lost"
	default:
		return "unexplained"
	}
}

// isLoss reports whether an error is that of a connection.
func isLoss(err error) bool {
	var onTheWire *net.OpError
	return errors.As(err, &onTheWire) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) || pgconn.SafeToRetry(err)
}
