# A thousand tenants from a CSV that somebody else's system writes. Each has an
# account with the limits of its plan, a stream, and a user that may do no more
# than its work. All report usage; the platform audits the enterprise tenants.

operator "SAAS" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}
locals {
  tenants = { for t in csvdecode(file("tenants.csv")) : t.name => t }
  audited = { for name, t in local.tenants : name => t if t.plan == "enterprise" }
  plans = {
    free       = { connections = 10, disk = "64MiB", max_age = "1d" }
    team       = { connections = 100, disk = "1GiB", max_age = "30d" }
    enterprise = { connections = 2000, disk = "20GiB", max_age = "365d" }
  }
}

account "tenant" {
  for_each    = local.tenants
  name        = each.key
  description = "${each.value.plan} plan, ${each.value.contact}"
  limits { connections = local.plans[each.value.plan].connections }
  jetstream { disk = local.plans[each.value.plan].disk }

  stream "EVENTS" {
    name     = "EVENTS-${each.key}" # auditors' acks tell streams apart by their names
    subjects = ["events.>"]
    max_age  = local.plans[each.value.plan].max_age
    consumer "audit" {}
  }
  user "app" {
    access {
      publish = [account.tenant[each.key].stream.EVENTS]
      shares  = [share.usage]
    }
  }
}

account "platform" {
  user "audit" { # one for each tenant that is audited, who sees no other
    for_each = local.audited
    access { shares = [share.audit[each.key]] }
  }
}

share "usage" {
  service                = "usage.*.report"
  from                   = account.platform
  public                 = true
  account_token_position = 2 # the server itself puts the tenant's key where the * is
  to "tenant" {
    for_each = account.tenant
    account  = each.value
  }
}

share "audit" {
  for_each = local.audited
  consumer = account.tenant[each.key].stream.EVENTS.consumer.audit
  to "platform" {}
}
