-- Objects of S3 that are large: cut into parts, several under way at once.
--
--   local transfer = require "aws.transfer"
--   local s3 = aws.client "s3"
--   transfer.upload(s3, { Bucket = "b", Key = "k", Body = { file = "big.bin" } })
--   transfer.download(s3, { Bucket = "b", Key = "k" }, { to_file = "big.bin" })
--
-- An upload that fails is aborted, a download that fails leaves no file; what is there is what was
-- stored, by its checksums. Waiting is as aws.call has it.
return {
  upload = require "aws.transfer.upload",
  download = require "aws.transfer.download",
}
