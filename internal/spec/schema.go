package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// SchemaURL is where the JSON Schema of the language is published. A
// specification names it in its first line for editors:
//
//	# yaml-language-server: $schema=https://raw.githubusercontent.com/specgen-dev/specgen/main/docs/specgen.schema.json
const SchemaURL = "https://raw.githubusercontent.com/specgen-dev/specgen/main/docs/specgen.schema.json"

// JSONSchema returns the JSON Schema (draft 2020-12) of the language: what Parse
// accepts, but for what no schema can say, such as the grammar of expressions.
// The same bytes come back each time; they end in a newline.
func JSONSchema() []byte {
	root := documentSchema()
	root.Schema, root.ID, root.Title = "https://json-schema.org/draft/2020-12/schema", SchemaURL, "specgen.yaml"
	root.Defs = definitions()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		panic(fmt.Sprintf("the schema of the language is no JSON: %v", err)) // it is built of literals
	}
	return b.Bytes()
}

// schema is a JSON Schema, its keywords in the order in which they are printed.
type schema struct {
	Schema            string     `json:"$schema,omitempty"`
	ID                string     `json:"$id,omitempty"`
	Ref               string     `json:"$ref,omitempty"`
	Title             string     `json:"title,omitempty"`
	Description       string     `json:"description,omitempty"`
	Type              any        `json:"type,omitempty"` // a string, or several
	Const             any        `json:"const,omitempty"`
	Enum              []string   `json:"enum,omitempty"`
	Minimum           *int       `json:"minimum,omitempty"`
	MinLength         int        `json:"minLength,omitempty"`
	Pattern           string     `json:"pattern,omitempty"`
	Properties        properties `json:"properties,omitempty"`
	PropertyNames     *schema    `json:"propertyNames,omitempty"`
	AdditionalProps   any        `json:"additionalProperties,omitempty"` // false, or a schema
	Required          []string   `json:"required,omitempty"`
	MinProperties     int        `json:"minProperties,omitempty"`
	MaxProperties     int        `json:"maxProperties,omitempty"`
	DependentRequired properties `json:"dependentRequired,omitempty"`
	Items             *schema    `json:"items,omitempty"`
	MinItems          int        `json:"minItems,omitempty"`
	MaxItems          int        `json:"maxItems,omitempty"`
	UniqueItems       bool       `json:"uniqueItems,omitempty"`
	AnyOf             []*schema  `json:"anyOf,omitempty"`
	AllOf             []*schema  `json:"allOf,omitempty"`
	Not               *schema    `json:"not,omitempty"`
	If                *schema    `json:"if,omitempty"`
	Then              *schema    `json:"then,omitempty"`
	Defs              properties `json:"$defs,omitempty"`
}

// properties is a JSON object that keeps the order of its members.
type properties []property

type property struct {
	name  string
	value any
}

// MarshalJSON prints the members in their order.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, member := range p {
		b.WriteByte("{,"[min(i, 1)])
		if err := encode(&b, member.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encode(&b, member.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// key is one key of a mapping whose keys are fixed.
type key struct {
	name        string
	value       *schema
	required    bool
	description string
}

// object is a mapping that may have the given keys only.
func object(keys ...key) *schema {
	s := &schema{Type: "object", AdditionalProps: false}
	for _, k := range keys {
		value := *k.value
		if k.description != "" {
			value.Description = k.description
		}
		s.Properties = append(s.Properties, property{k.name, &value})
		if k.required {
			s.Required = append(s.Required, k.name)
		}
	}
	return s
}

// mapOf is a mapping from names that the user chooses; name may be nil.
func mapOf(name, value *schema) *schema {
	return &schema{Type: "object", PropertyNames: name, AdditionalProps: value}
}

// listOf is a list that is not empty.
func listOf(item *schema) *schema { return &schema{Type: "array", Items: item, MinItems: 1} }

// setOf is a list of names, each written once.
func setOf(item *schema) *schema {
	return &schema{Type: "array", Items: item, MinItems: 1, UniqueItems: true}
}

func matching(pattern string) *schema { return &schema{Type: "string", Pattern: pattern} }

func refTo(name string) *schema { return &schema{Ref: "#/$defs/" + name} }

func anyOf(of ...*schema) *schema { return &schema{AnyOf: of} }

func (s *schema) except(not *schema) *schema {
	s.Not = not
	return s
}
