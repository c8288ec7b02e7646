-- name: CountProjectUsers :one
-- CountProjectUsers returns how many users are members of a project.
SELECT count(*) FROM association_groups_users WHERE group_id = @project_id;
