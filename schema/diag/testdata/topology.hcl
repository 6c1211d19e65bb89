operator "RETAIL" {}

account "ACCTA" {
	stream "ORDERS" {
		subject = ["retail.v1.order.>"]
	}
	stream "日本語" { subjects = ["é.日本", "x"], max_age = "30" }
}

account "ACCTA" {
}
