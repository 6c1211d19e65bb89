operator "O" {}

account "A" {
  description = file("../../go.mod")         # ERROR file-outside-root
  info_url    = file("/etc/hostname")        # ERROR file-outside-root
  tags        = [file(".jsc/keys/x")]        # ERROR file-outside-root
  expires     = file("nothing-of-that-name") # ERROR file-unreadable
}

module "m" {
  source = "../elsewhere" # ERROR file-outside-root
}
