package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// template is what stands in a role's permissions for a user's or an account's
// own words.
var template = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// templateOperations are those that nats-server fills in (server/auth.go,
// processUserPermissionsTemplate); case does not count.
var templateOperations = regexp.MustCompile(`^(?i)\s*(name\(\)|subject\(\)|account-name\(\)|account-subject\(\)|tag\(.+\)|account-tag\(.+\))\s*$`)

// maxFilled is to how many subjects a server fills a permission in, and lets
// the user connect (server/auth.go, maxPermTemplateSubjectExpansions).
const maxFilled = 4096

// templated reports that templates of a list are filled in.
func templated(list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, "{{") && template.MatchString(s) })
}

// fill is what the server makes of a permission of the user's role, as
// processUserPermissionsTemplate does; and why it is not all or nothing of it.
func (u *User) fill(permission string) (subjects []string, why string) {
	filled := []string{permission}
	for _, m := range template.FindAllStringSubmatch(permission, -1) {
		values, none := u.templateValues(strings.TrimSpace(m[1]))
		if len(values) == 0 {
			return nil, none
		}
		if len(filled)*len(values) > maxFilled {
			return nil, fmt.Sprintf("its tags make more than %d subjects of it", maxFilled)
		}
		var next []string
		for _, s := range filled {
			for _, v := range values {
				next = append(next, strings.ReplaceAll(s, m[0], v))
			}
		}
		filled = sortedUnique(next)
	}
	for _, s := range filled {
		if err := subject.Valid(s); err != nil {
			why = fmt.Sprintf("%q is not a subject: %v", s, err)
			continue
		}
		subjects = append(subjects, s)
	}
	return subjects, why
}

// templateValues are what a template's operation stands for; and, where that is
// nothing, what is missing. Tags are lower-case in tokens.
func (u *User) templateValues(operation string) (values []string, none string) {
	of := func(owner string, tags []string, name string) ([]string, string) {
		prefix := strings.ToLower(name) + ":"
		for _, tag := range tags {
			if v, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(tag)), prefix); ok {
				values = append(values, v)
			}
		}
		return sortedUnique(values), fmt.Sprintf("%s has no tag %q", owner, prefix+"…")
	}
	switch {
	case strings.EqualFold(operation, "name()"):
		return []string{u.Name}, ""
	case strings.EqualFold(operation, "subject()"):
		return []string{u.PublicKey}, ""
	case strings.EqualFold(operation, "account-name()"):
		return []string{u.Account.Name}, ""
	case strings.EqualFold(operation, "account-subject()"):
		return []string{u.Account.PublicKey}, ""
	}
	// The server looks for the operation in any case, and cuts off only this one.
	whose, name, _ := strings.Cut(strings.TrimSuffix(operation, ")"), "(")
	switch whose {
	case "tag":
		return of("the user", u.Src.Tags.Or(nil), name)
	case "account-tag":
		var tags []string
		if u.Account.Src != nil {
			tags = u.Account.Src.Tags.Or(nil)
		}
		return of("its account", tags, name)
	}
	return nil, fmt.Sprintf("the server finds no tag for %s(, but for %s(", whose, strings.ToLower(whose))
}

// checkTemplates says what of its role's permissions the server cannot fill in
// for the user: it leaves out what is allowed, and does not let a user in of whom
// it does not know what is denied. Of one reason the worst is said, once.
func (p *pass) checkTemplates(u *User) {
	role := u.SignedBy.Role.Permissions
	said := make(map[string]bool)
	for _, list := range []struct {
		subjects []string
		text     string
		denied   bool
	}{
		{role.PublishDeny, "user %q cannot connect, as the role of its signing key %q denies it to publish to %q: %s", true},
		{role.SubscribeDeny, "user %q cannot connect, as the role of its signing key %q denies it to subscribe to %q: %s", true},
		{role.PublishAllow, "user %q does not get what the role of its signing key %q allows it to publish to, %q: %s", false},
		{role.SubscribeAllow, "user %q does not get what the role of its signing key %q allows it to subscribe to, %q: %s", false},
	} {
		if !templated(list.subjects) {
			continue
		}
		for _, s := range list.subjects {
			_, why := u.fill(s)
			if why == "" || said[why] {
				continue
			}
			said[why] = true
			d := diag.New("template-without-value", u.Src.Tags.RangeOr(u.Src.LabelOrNameRange()), fmt.Sprintf(list.text, u.Name, u.SignedBy.Label, s, why))
			p.add(warnUnless(d, list.denied))
		}
	}
}
