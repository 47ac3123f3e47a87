-- Large answers of AWS's services, as they look there, for the benchmark.
local bodies = {}

local INSTANCE <const> = [[
<item><reservationId>r-0%012x</reservationId><ownerId>123456789012</ownerId><groupSet/>
<instancesSet><item><instanceId>i-0%016x</instanceId><imageId>ami-0abcdef1234567890</imageId>
<bootMode>uefi-preferred</bootMode><currentInstanceBootMode>uefi</currentInstanceBootMode>
<instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-10-0-%d-%d.eu-west-1.compute.internal</privateDnsName>
<dnsName>ec2-198-51-100-%d.eu-west-1.compute.amazonaws.com</dnsName><reason/>
<keyName>my-key-pair</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/>
<instanceType>t3.micro</instanceType><launchTime>2026-01-02T03:04:05.000Z</launchTime>
<placement><availabilityZone>eu-west-1a</availabilityZone><groupName/><tenancy>default</tenancy>
</placement><monitoring><state>disabled</state></monitoring>
<subnetId>subnet-0abc1234def567890</subnetId><vpcId>vpc-0abc1234def567890</vpcId>
<privateIpAddress>10.0.%d.%d</privateIpAddress><ipAddress>198.51.100.%d</ipAddress>
<sourceDestCheck>true</sourceDestCheck><groupSet><item><groupId>sg-0abc1234def567890</groupId>
<groupName>web servers</groupName></item></groupSet><architecture>x86_64</architecture>
<rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs>
<volumeId>vol-0abc1234def567890</volumeId><status>attached</status>
<attachTime>2026-01-02T03:04:06.000Z</attachTime><deleteOnTermination>true</deleteOnTermination>
</ebs></item></blockDeviceMapping><virtualizationType>hvm</virtualizationType>
<clientToken>1c6ecd6e-6d2c-4bf5-9d6a-0123456789ab</clientToken><tagSet><item><key>Name</key>
<value>web-%d</value></item><item><key>Team</key><value>a &amp; b</value></item></tagSet>
<hypervisor>xen</hypervisor><networkInterfaceSet><item>
<networkInterfaceId>eni-0abc1234def567890</networkInterfaceId>
<subnetId>subnet-0abc1234def567890</subnetId><vpcId>vpc-0abc1234def567890</vpcId><description/>
<ownerId>123456789012</ownerId><status>in-use</status><macAddress>02:29:96:8f:6a:2d</macAddress>
<privateIpAddress>10.0.%d.%d</privateIpAddress><sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0abc1234def567890</groupId><groupName>web servers</groupName></item>
</groupSet><attachment><attachmentId>eni-attach-0abc1234def567890</attachmentId>
<deviceIndex>0</deviceIndex><status>attached</status>
<attachTime>2026-01-02T03:04:05.000Z</attachTime><deleteOnTermination>true</deleteOnTermination>
<networkCardIndex>0</networkCardIndex></attachment><privateIpAddressesSet><item>
<privateIpAddress>10.0.%d.%d</privateIpAddress><primary>true</primary></item>
</privateIpAddressesSet><ipv6AddressesSet/><interfaceType>interface</interfaceType></item>
</networkInterfaceSet><iamInstanceProfile>
<arn>arn:aws:iam::123456789012:instance-profile/web</arn><id>AIPAABCDEFGHIJKLMNOPQ</id>
</iamInstanceProfile><ebsOptimized>false</ebsOptimized><enaSupport>true</enaSupport>
<cpuOptions><coreCount>1</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>
<capacityReservationSpecification>
<capacityReservationPreference>open</capacityReservationPreference>
</capacityReservationSpecification><hibernationOptions><configured>false</configured>
</hibernationOptions><enclaveOptions><enabled>false</enabled></enclaveOptions>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>
<httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags>
</metadataOptions></item></instancesSet></item>]]

---@param count integer
---@return string xml
function bodies.instances(count)
  local parts = {}
  for i = 1, count do
    local high, low = i >> 8, i & 255
    parts[i] = INSTANCE:format(i, i, high, low, low, high, low, low, i, high, low, high, low)
      :gsub(">\n", ">")
  end
  return '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeInstancesResponse '
    .. 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><reservationSet>'
    .. table.concat(parts) .. "</reservationSet></DescribeInstancesResponse>"
end

---The answer of RunInstances: a reservation with one instance.
---@return string xml
function bodies.run()
  local one = INSTANCE:format(1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1):gsub(">\n", ">")
  return '<RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
    .. one:match "^<item>(.*)</item>$" .. "</RunInstancesResponse>"
end

local ITEM <const> = '{"id":{"S":"customer#%06d"},"at":{"N":"%d"},"name":{"S":"Somebody %d"},'
  .. '"total":{"N":"%d.25"},"open":{"BOOL":true},"tags":{"L":[{"S":"new"},{"S":"paid"}]},'
  .. '"address":{"M":{"street":{"S":"1 High Street"},"city":{"S":"M\\u00fcnchen"},'
  .. '"zip":{"S":"80331"}}},"none":{"NULL":true}}'

---@param count integer
---@return string json
function bodies.items(count)
  local parts = {}
  for i = 1, count do parts[i] = ITEM:format(i, 1700000000 + i, i, i) end
  return ('{"Count":%d,"Items":[%s],"ScannedCount":%d}'):format(count,
    table.concat(parts, ","), count)
end

local KEY <const> = "<Contents><Key>logs/2026/01/02/part-%06d.json.gz</Key>"
  .. "<LastModified>2026-01-02T03:04:05.000Z</LastModified>"
  .. "<ETag>&quot;9b2cf535f27731c974343645a398%04x&quot;</ETag>"
  .. "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
  .. "<Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>"

---@param count integer
---@return string xml
function bodies.keys(count)
  local parts = {}
  for i = 1, count do parts[i] = KEY:format(i, i, 1000 + i) end
  return '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult '
    .. 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>logs/</Prefix>'
    .. "<KeyCount>" .. count .. "</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
    .. table.concat(parts) .. "</ListBucketResult>"
end

return bodies
