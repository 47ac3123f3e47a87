-- A key of these specs, and of nobody else: what `aws login` keeps beside a session's token.
return [[
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUngSurh8MX/bv7FM
sGYRRusaSUV4VkW2S7hnr5Bd1D6hRANCAASJepOb5nbrJ/ssiD7jj2ODZL4H344f
oMVtYvqthF50mAdF3jQA3h/F49SAvOrzvDIw4nQBMwguxIQ0s73r9xIT
-----END PRIVATE KEY-----
]]
