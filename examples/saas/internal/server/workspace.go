package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"example.com/saas/internal/saasdb"
	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5/pgtype"
)

type workspaceRequest struct {
	OrganisationID     int64                 `json:"organisation_id"`
	Slug               string                `json:"slug"`
	Name               string                `json:"name"`
	Description        pgtype.Text           `json:"description"`
	Plan               *saasdb.WorkspacePlan `json:"plan"` // left out: the default of specgen.yaml
	Owners             []pgtype.UUID         `json:"owners"`
	DefaultEnvironment *bool                 `json:"default_environment"` // likewise
}

type workspaceAnswer struct {
	ID             int64                `json:"id"`
	OrganisationID int64                `json:"organisation_id"`
	Slug           string               `json:"slug"`
	Name           string               `json:"name"`
	Description    pgtype.Text          `json:"description"`
	Plan           saasdb.WorkspacePlan `json:"plan"`
	TrialEndsAt    time.Time            `json:"trial_ends_at"`
	Settings       json.RawMessage      `json:"settings"`
	Roles          []roleAnswer         `json:"roles"`
	Environment    *environmentAnswer   `json:"environment"` // null when none was asked for
}

func (s *server) createWorkspace(w http.ResponseWriter, r *http.Request) {
	var req workspaceRequest
	if !s.read(w, r, &req) || !s.checkOwners(w, r, req.Owners) {
		return
	}
	res, err := s.scopes.CreateWorkspace(r.Context(), scopes.WorkspaceCreatorSpec{
		OrganisationID:     req.OrganisationID,
		Slug:               req.Slug,
		Name:               req.Name,
		Description:        req.Description,
		Plan:               req.Plan,
		Owners:             req.Owners,
		DefaultEnvironment: req.DefaultEnvironment,
	})
	if s.fail(w, r, err) {
		return
	}
	answer := workspaceAnswer{
		ID:             res.Row.ID,
		OrganisationID: res.Row.OrganisationID,
		Slug:           res.Row.Slug,
		Name:           res.Row.Name,
		Description:    res.Row.Description,
		Plan:           res.Row.Plan,
		TrialEndsAt:    res.Row.TrialEndsAt.Time,
		Settings:       res.Row.Settings,
		Roles:          roleAnswers(res.Roles),
	}
	if res.Environment != nil {
		answer.Environment = answerOf(res.Environment.Row)
	}
	s.created(w, r, fmt.Sprintf("/workspaces/%d", res.Row.ID), answer)
}

func (s *server) purgeWorkspace(w http.ResponseWriter, r *http.Request) {
	id, ok := s.number(w, r)
	if !ok {
		return
	}
	res, err := s.scopes.PurgeWorkspace(r.Context(), scopes.WorkspacePurgerSpec{ID: id})
	if s.fail(w, r, err) {
		return
	}
	s.purged(w, r, res.Found, map[string]int64{
		"subscriptions": res.Subscriptions,
		"grants":        res.Grants,
		"members":       res.Members,
		"roles":         res.Roles,
	})
}
