# What is wrong with a request before any rule is asked.

edge-broke_off = it broke off before its end
edge-no_form = this is not a form of these pages
edge-no_place = there is no place { $pointer } in a form
edge-token_and_cookie = send an access token or the cookie of the pages, not both
edge-dry_run_value = Dry-Run is true or false, given once; nothing was done
edge-key_characters = Idempotency-Key has characters that are not allowed
edge-key_length = Idempotency-Key has at most { $most } characters
edge-if_match = If-Match is one version in quotes, such as "3"
edge-no_nul = an address has no NUL character
edge-address = the address cannot be read
edge-unreadable = the request cannot be read
edge-methods = this path knows: { $known }
edge-size_most = at most { $most } are accepted
edge-too_long = it is longer than is accepted
edge-send_as = send it with Content-Type: { $kinds }
edge-has_bytes = the file has { $count } bytes
