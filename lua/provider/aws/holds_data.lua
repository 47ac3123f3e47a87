--- The types whose resources hold what nobody can declare again: data, and the keys to it. Deleting
--- or replacing one of them is asked for by its name. A type with a handler may say `holds_data`.
local TYPES = {
  "AWS::Backup::BackupVault",
  "AWS::Cassandra::Keyspace", "AWS::Cassandra::Table",
  "AWS::CodeArtifact::Repository", "AWS::CodeCommit::Repository",
  "AWS::Cognito::IdentityPool", "AWS::Cognito::UserPool",
  "AWS::DocDB::DBCluster", "AWS::DocDB::DBInstance",
  "AWS::DocDBElastic::Cluster",
  "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table",
  "AWS::EC2::KeyPair", "AWS::EC2::Volume",
  "AWS::ECR::Repository",
  "AWS::EFS::FileSystem",
  "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",
  "AWS::ElastiCache::ServerlessCache",
  "AWS::Elasticsearch::Domain",
  "AWS::FSx::FileSystem", "AWS::FSx::StorageVirtualMachine", "AWS::FSx::Volume",
  "AWS::Glue::Database", "AWS::Glue::Table",
  "AWS::KMS::Key", "AWS::KMS::ReplicaKey",
  "AWS::Kinesis::Stream",
  "AWS::Lightsail::Bucket", "AWS::Lightsail::Database", "AWS::Lightsail::Disk",
  "AWS::Logs::LogGroup",
  "AWS::MSK::Cluster",
  "AWS::MemoryDB::Cluster",
  "AWS::Neptune::DBCluster", "AWS::Neptune::DBInstance", "AWS::NeptuneGraph::Graph",
  "AWS::OpenSearchServerless::Collection", "AWS::OpenSearchService::Domain",
  "AWS::QLDB::Ledger",
  "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::GlobalCluster",
  "AWS::Redshift::Cluster", "AWS::RedshiftServerless::Namespace",
  "AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket", "AWS::S3Outposts::Bucket",
  "AWS::S3Tables::Table", "AWS::S3Tables::TableBucket",
  "AWS::SDB::Domain",
  "AWS::SQS::Queue",
  "AWS::SecretsManager::Secret",
  "AWS::Timestream::Database", "AWS::Timestream::Table",
  "AWS::WorkSpaces::Workspace",
}

local set = {}
for _, name in ipairs(TYPES) do set[name] = true end

return set
