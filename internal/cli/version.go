package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what `version --json` prints.
type build struct {
	Version  string `json:"version"`            // of the module; (devel) for a build of a checkout
	Revision string `json:"revision,omitempty"` // of the checkout
	Time     string `json:"time,omitempty"`     // of the revision, RFC 3339
	Modified bool   `json:"modified"`           // the checkout differed from the revision
	Go       string `json:"go"`                 // version of the toolchain
	Platform string `json:"platform"`           // such as linux/amd64
}

func versionCommand() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := thisBuild()
			if !asJSON {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "specgen", b.Version)
				return err
			}
			text, err := json.MarshalIndent(b, "", "  ")
			if err != nil {
				return fmt.Errorf("encoding the version: %w", err)
			}
			_, err = io.WriteString(cmd.OutOrStdout(), string(text)+"\n")
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what is known of the build, as JSON")
	return cmd
}

func thisBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// version is that of the module that specgen was built from.
func version() string { return thisBuild().Version }
