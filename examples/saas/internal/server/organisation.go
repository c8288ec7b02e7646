package server

import (
	"fmt"
	"net/http"

	"example.com/saas/scopes"
	"github.com/jackc/pgx/v5/pgtype"
)

type organisationRequest struct {
	Name         string        `json:"name"`
	BillingEmail pgtype.Text   `json:"billing_email"`
	Owners       []pgtype.UUID `json:"owners"`
}

type organisationAnswer struct {
	ID           int64        `json:"id"`
	Name         string       `json:"name"`
	BillingEmail pgtype.Text  `json:"billing_email"`
	Roles        []roleAnswer `json:"roles"`
}

func (s *server) createOrganisation(w http.ResponseWriter, r *http.Request) {
	var req organisationRequest
	if !s.read(w, r, &req) || !s.checkOwners(w, r, req.Owners) {
		return
	}
	res, err := s.scopes.CreateOrganisation(r.Context(), scopes.OrganisationCreatorSpec{
		Name:         req.Name,
		BillingEmail: req.BillingEmail,
		Owners:       req.Owners,
	})
	if s.fail(w, r, err) {
		return
	}
	s.created(w, r, fmt.Sprintf("/organisations/%d", res.Row.ID), organisationAnswer{
		ID:           res.Row.ID,
		Name:         res.Row.Name,
		BillingEmail: res.Row.BillingEmail,
		Roles:        roleAnswers(res.Roles),
	})
}

func (s *server) purgeOrganisation(w http.ResponseWriter, r *http.Request) {
	id, ok := s.number(w, r)
	if !ok {
		return
	}
	res, err := s.scopes.PurgeOrganisation(r.Context(), scopes.OrganisationPurgerSpec{ID: id})
	if s.fail(w, r, err) {
		return
	}
	s.purged(w, r, res.Found, map[string]int64{
		"grants":  res.Grants,
		"members": res.Members,
		"roles":   res.Roles,
	})
}
