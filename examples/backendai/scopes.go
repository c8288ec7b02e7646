package main

import (
	"context"

	"github.com/specgen-dev/specgen/examples/backendai/scopes"
	"github.com/specgen-dev/specgen/scope"
)

// scopeSet is one scope of each type, by what purges it.
type scopeSet struct {
	project  scopes.ProjectPurgerSpec
	domain   scopes.DomainPurgerSpec
	user     scopes.UserPurgerSpec
	group    scopes.ResourceGroupPurgerSpec
	registry scopes.ContainerRegistryPurgerSpec
}

// addresses returns where the rights of each scope are found.
func (s scopeSet) addresses() []scope.Context {
	return []scope.Context{
		s.project.PurgesScope(),
		s.domain.PurgesScope(),
		s.user.PurgesScope(),
		s.group.PurgesScope(),
		s.registry.PurgesScope(),
	}
}

// create creates the scopes, each in a transaction of its own.
func create(ctx context.Context, rbac *scopes.Provider) (scopeSet, error) {
	const domainName = "research"
	var made scopeSet
	// First, because the project and the user are created inside it.
	domain, err := rbac.CreateDomain(ctx, scopes.DomainCreatorSpec{Name: domainName})
	if err != nil {
		return made, err
	}
	made.domain.ID = domain.Row.ID
	project, err := rbac.CreateProject(ctx, scopes.ProjectCreatorSpec{Name: "vision", DomainName: domainName})
	if err != nil {
		return made, err
	}
	made.project.ID = project.Row.ID
	user, err := rbac.CreateUser(ctx, scopes.UserCreatorSpec{
		Username:   "ada",
		Email:      "ada@example.com",
		DomainName: domainName,
	})
	if err != nil {
		return made, err
	}
	made.user.ID = user.Row.Uuid
	group, err := rbac.CreateResourceGroup(ctx, scopes.ResourceGroupCreatorSpec{Name: "gpu"})
	if err != nil {
		return made, err
	}
	made.group.ID = group.Row.ID
	registry, err := rbac.CreateContainerRegistry(ctx, scopes.ContainerRegistryCreatorSpec{Name: "registry.example.com"})
	if err != nil {
		return made, err
	}
	made.registry.ID = registry.Row.ID
	return made, nil
}

// purge purges the scopes, the domain last: it is refused while a project or a user is inside it.
func purge(ctx context.Context, rbac *scopes.Provider, made scopeSet) error {
	if _, err := rbac.PurgeUser(ctx, made.user); err != nil {
		return err
	}
	if _, err := rbac.PurgeProject(ctx, made.project); err != nil {
		return err
	}
	if _, err := rbac.PurgeResourceGroup(ctx, made.group); err != nil {
		return err
	}
	if _, err := rbac.PurgeContainerRegistry(ctx, made.registry); err != nil {
		return err
	}
	_, err := rbac.PurgeDomain(ctx, made.domain)
	return err
}
