package schema

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed builtin.txt
var builtinText string

// builtins are the functions of PostgreSQL and of the usual extensions, and
// whether each is volatile: a volatile one may answer differently each time, and
// has no effect unless it is one of acting. They are read on first use.
var builtins = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for line := range strings.Lines(builtinText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			name, volatile := strings.CutSuffix(word, "*")
			known[name] = volatile
		}
	}
	// The time of the statement is another one when the statement is sent again.
	known["statement_timestamp"] = true
	return known
})

// acting reports the built-in functions that do something beside computing a
// value from their arguments, or that run SQL which they are given. The manual
// describes them in section 9.17 (sequences), 9.27 and 9.28 (settings and
// administration), 9.15 (xml of whole tables), 34.4 (large objects) and 12.4.4.
func acting(name string) bool {
	switch name {
	case "set_config", "setseed", "set_limit", "loread", "lowrite", "pg_sleep", "pg_sleep_for", "pg_sleep_until",
		"ts_stat", "ts_rewrite", "pg_cancel_backend", "pg_terminate_backend", "pg_reload_conf", "pg_promote",
		"pg_export_snapshot", "pg_extension_config_dump", "pg_import_system_collations", "pg_switch_wal",
		"pg_create_restore_point", "pg_nextoid", "pg_stop_making_pinned_objects", "gin_clean_pending_list",
		"currtid2", "dblink", "pg_drop_replication_slot":
		return true
	}
	if strings.HasSuffix(name, "_to_xml") || strings.Contains(name, "_to_xmlschema") || strings.Contains(name, "_to_xml_and_xmlschema") {
		return true
	}
	for _, prefix := range []string{"pg_advisory_", "pg_try_advisory_", "lo_", "pg_rotate_logfile", "pg_backup_", "pg_copy_", "pg_create_",
		"pg_logical_", "pg_log_", "pg_replication_", "pg_wal_replay_", "pg_stat_reset", "brin_summarize_", "brin_desummarize_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
