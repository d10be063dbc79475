package shelter

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

func (r *reader) attributes(s *Service, id string) {
	rules := map[string]any{}
	for _, a := range r.by["attribute.link_id"][id] {
		r.used["attribute/"+a["id"]] = true
		r.rest("attribute", a, "taxonomy_term_id", "link_type", "link_entity", "value")
		term, ok := r.rows["taxonomy_term"][a["taxonomy_term_id"]]
		if !ok {
			r.lose("attribute.taxonomy_term_id")
			continue
		}
		r.used["taxonomy_term/"+term["id"]] = true
		name := term["taxonomy"]
		if of, ok := r.rows["taxonomy"][term["taxonomy_id"]]; ok && name == "" {
			name = of["name"]
		}
		if name != eligibility {
			r.rest("taxonomy_term", term, "code", "name", "taxonomy", "taxonomy_id")
			if t := (Term{name, term["code"], term["name"]}); !slices.Contains(s.Terms, t) {
				s.Terms = append(s.Terms, t)
			}
			if a["value"] != "" {
				r.lose("attribute.value")
			}
			continue
		}
		r.rule(s, rules, term["code"], a["value"])
	}
	if len(rules) == 0 {
		return
	}
	var out Rules
	text, err := json.Marshal(rules)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err == nil {
		err = out.check()
	}
	if err != nil {
		r.lose("attribute " + eligibility)
		return
	}
	s.Rules = &out
}

// rule takes one attribute of ours. A code that is not ours is lost, and named.
func (r *reader) rule(s *Service, rules map[string]any, code, value string) {
	if code == "stay" {
		s.Stay = value == "true"
		return
	}
	kind, ok := ruleKinds[code]
	n, err := strconv.Atoi(value)
	switch {
	case !ok, kind == reflect.Int && err != nil:
		r.lose(fmt.Sprintf("attribute %s %s", eligibility, short(code)))
	case kind == reflect.Slice:
		list, _ := rules[code].([]string)
		rules[code] = append(list, value)
	case kind == reflect.Bool:
		rules[code] = value == "true"
	case kind == reflect.Int:
		rules[code] = n
	default:
		rules[code] = value
	}
}

func soundsLikeAStay(s Service) bool {
	var text strings.Builder
	text.WriteString(strings.ToLower(s.Name + " " + s.Other + " "))
	for _, t := range s.Terms {
		text.WriteString(strings.ToLower(t.Name) + " ")
	}
	return slices.ContainsFunc(stays, func(w string) bool { return strings.Contains(text.String(), w) })
}

// dropSites leaves out where a place to stay is.
func (r *reader) dropSites(s *Service) {
	if len(s.Sites) > 0 {
		s.Sites = nil
		r.lose("address: people stay there")
	}
}
