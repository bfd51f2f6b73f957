"""Starts ministack 1.5.33, taught the resource types that CloudMart's stacks have and it lacks.

Every type is made through ministack's own API of that service, so what a stack declares can be asked for by an SDK, and is
gone from there once the stack is. These are private functions of ministack: the version is pinned exactly.

Two custom resources are stood in for, because what they talk to is a record here and not a server:
Kubernetes objects are parsed and written to STANDINS, never applied; the database job is not run.
"""
import json
import os
import re
import sys
from pathlib import Path

from ministack.services import budgets, dynamodb, ec2, ecr, eks, iam, lambda_svc, msk, s3, secretsmanager, ses_v2
from ministack.services.cloudformation import provisioners

STANDINS = Path(os.environ["STANDINS"])


def text(answer):
    """Body of one of ministack's answers; an error of the service fails the resource, as CloudFormation would."""
    status, body = answer[0], answer[2]
    body = body.decode() if isinstance(body, bytes) else body
    if status >= 400:
        raise ValueError(body)
    return body


def reply(answer):
    return json.loads(text(answer) or "{}")


def camel(value):
    """`ClientSubnets` -> `clientSubnets`, `EBSStorageInfo` -> `ebsStorageInfo`: a template's names as those of the REST APIs."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {re.sub(r"^[A-Z]+(?=[A-Z][a-z])|^[A-Z]", lambda m: m[0].lower(), key): camel(item) for key, item in value.items()}


def found(pattern, body):
    return re.search(pattern, body)[0]


def tag_map(tags):
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def tag_resource(resource, props):
    if props.get("Tags"):
        ec2._tags[resource] = list(props["Tags"])


def address(_, props, __):
    body = text(ec2._allocate_address({"Domain": ["vpc"]}))
    allocation, ip = found(r"eipalloc-[0-9a-f]+", body), found(r"(?<=<publicIp>)[^<]+", body)
    tag_resource(allocation, props)
    return ip, {"AllocationId": allocation, "PublicIp": ip}


def release_address(ip, _):
    for allocation in [key for key, value in ec2._addresses.items() if value["PublicIp"] == ip]:
        ec2._release_address({"AllocationId": [allocation]})


def nat_gateway(_, props, __):
    body = text(ec2._create_nat_gateway({"SubnetId": [props["SubnetId"]], "AllocationId": [props["AllocationId"]]}))
    gateway = found(r"nat-[0-9a-f]+", body)
    tag_resource(gateway, props)
    return gateway, {"NatGatewayId": gateway}


# ministack keeps deleted gateways as records; EC2 forgets them after an hour.
def delete_nat_gateway(gateway, _):
    ec2._nat_gateways.pop(gateway, None)


def flow_log(_, props, __):
    asked = {key: [props[key]] for key in ("ResourceType", "TrafficType", "LogGroupName")}
    before = set(ec2._flow_logs)
    text(ec2._create_flow_logs({"ResourceId.1": [props["ResourceId"]], **asked}))
    (log,) = set(ec2._flow_logs) - before
    return log, {"Id": log}


def ingress_rule(_, props, __):
    group = ec2._security_groups.get(props["GroupId"])
    if group is None:
        raise ValueError(f"security group {props['GroupId']} does not exist")
    (rule,) = provisioners._ec2_sg_permissions([props])
    group["IpPermissions"].append(rule)
    return ec2._sg_rule_id(props["GroupId"], False, rule), {}


def delete_ingress_rule(rule_id, props):
    group = ec2._security_groups.get(props["GroupId"])
    if group:
        group["IpPermissions"] = [
            rule for rule in group["IpPermissions"] if ec2._sg_rule_id(props["GroupId"], False, rule) != rule_id
        ]


def addon(_, props, __):
    cluster, name = props["ClusterName"], props["AddonName"]
    made = reply(eks._create_addon(cluster, camel({key: props[key] for key in props if key != "Tags"})))["addon"]
    return f"{cluster}|{name}", {"Arn": made["addonArn"]}


def access_entry(_, props, __):
    cluster, principal = props["ClusterName"], props["PrincipalArn"]
    body = {"principalArn": principal, "type": props.get("Type", "STANDARD"), "tags": tag_map(props.get("Tags"))}
    made = reply(eks._create_access_entry(cluster, body))["accessEntry"]
    for policy in props.get("AccessPolicies", []):
        reply(eks._associate_access_policy(cluster, principal, camel(policy)))
    return f"{principal}|{cluster}", {"AccessEntryArn": made["accessEntryArn"]}


def pod_identity(_, props, __):
    cluster = props["ClusterName"]
    made = reply(eks._create_pod_identity_association(cluster, {**camel(props), "tags": tag_map(props.get("Tags"))}))
    association = made["association"]
    return association["associationId"], {
        "AssociationId": association["associationId"],
        "AssociationArn": association["associationArn"],
    }


def oidc_provider(_, props, __):
    clients = {f"ClientIDList.member.{i}": [client] for i, client in enumerate(props.get("ClientIdList", []), 1)}
    arn = found(r"arn:[^<]+", text(iam._create_oidc_provider({"Url": [props["Url"]], **clients})))
    return arn, {"Arn": arn}


def budget(_, props, __):
    reply(budgets._create_budget(props))
    return props["Budget"]["BudgetName"], {}


def kafka_cluster(_, props, __):
    body = camel(props)
    body["numberOfBrokerNodes"] = int(body["numberOfBrokerNodes"])
    arn = reply(msk._create_cluster(json.dumps(body)))["clusterArn"]
    return arn, {"Arn": arn}


def kafka_configuration(_, props, __):
    made = reply(msk._create_configuration(json.dumps(camel(props))))
    return made["arn"], {"Arn": made["arn"], "LatestRevision.Revision": made["latestRevision"]["revision"]}


def kafka_topic(_, props, __):
    cluster, name = props["ClusterArn"], props["TopicName"]
    if cluster not in msk._clusters:
        raise ValueError(f"cluster {cluster} does not exist")
    topics = msk._clusters[cluster].setdefault("Topics", {})
    if name in topics:
        raise ValueError(f"topic {name} exists already")
    topics[name] = props
    arn = f"{cluster.replace(':cluster/', ':topic/')}/{name}"
    return arn, {"TopicArn": arn}


def delete_kafka_topic(_, props):
    msk._clusters.get(props["ClusterArn"], {}).get("Topics", {}).pop(props["TopicName"], None)


def kubernetes_objects(logical_id, props, stack):
    objects = json.loads(props["Manifest"])
    for item in objects:
        if not (item.get("apiVersion") and item.get("kind") and item.get("metadata", {}).get("name")):
            raise ValueError(f"not a Kubernetes object: {json.dumps(item)[:200]}")
    if props["ClusterName"] not in eks._clusters:
        raise ValueError(f"cluster {props['ClusterName']} does not exist")
    physical = f"{stack}-{logical_id}"
    STANDINS.mkdir(parents=True, exist_ok=True)
    (STANDINS / f"{physical}.json").write_text(json.dumps(objects))
    with (STANDINS / "applied.log").open("a") as log:
        log.write(f"{physical}\n")
    return physical, {}


def update_kubernetes_objects(physical, _, props, stack):
    return kubernetes_objects(physical.removeprefix(f"{stack}-"), props, stack)


def delete_kubernetes_objects(physical, _):
    (STANDINS / f"{physical}.json").unlink(missing_ok=True)


# ministack has no API of saved searches; CloudWatch takes one of groups that are not there yet.
def saved_search(logical_id, props, stack):
    if not (props["Name"] and props["QueryString"] and props.get("LogGroupNames")):
        raise ValueError(f"{logical_id} asks nothing, or nobody")
    return f"{stack}-{logical_id}", {"QueryDefinitionId": f"{stack}-{logical_id}"}


def database_job(logical_id, props, stack):
    return f"{stack}-{logical_id}", {}


def with_dkim_tokens(create):
    """Names and values of the DNS records by which SES proves a domain, which ministack knows and its stacks cannot read."""

    def identity(logical_id, props, stack):
        domain, attributes = create(logical_id, props, stack)
        for index, token in enumerate(ses_v2._dkim_tokens(domain), 1):
            attributes[f"DkimDNSTokenName{index}"] = f"{token}._domainkey.{domain}"
            attributes[f"DkimDNSTokenValue{index}"] = f"{token}.dkim.amazonses.com"
        return domain, attributes

    return identity


def with_metric_math(change):
    """Alarms on an expression are kept under a metric that never has data: ministack stores alarms, but computes nothing."""

    def stored(props):
        if not props.get("Metrics"):
            return props
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        return {**plain, "Namespace": "emulator", "MetricName": "metric-math", "Dimensions": []}

    return lambda *given: change(*(stored(item) if isinstance(item, dict) else item for item in given))


def with_managed_password(create):
    """The administrator's secret that RDS makes when it is to manage the password."""

    def cluster(logical_id, props, stack):
        name, attributes = create(logical_id, props, stack)
        if props.get("ManageMasterUserPassword"):
            user = json.dumps({"username": props.get("MasterUsername", "postgres")})
            generated = {"SecretStringTemplate": user, "GenerateStringKey": "password", "ExcludePunctuation": True}
            secret = {"Name": f"rds!{name}", "GenerateSecretString": generated}
            _, made = provisioners._sm_secret_create(logical_id, secret, stack)
            attributes["MasterUserSecret.SecretArn"] = made["Arn"]
        return name, attributes

    return cluster


def with_managed_secret(delete):
    def cluster(name, props):
        delete(name, props)
        secretsmanager._secrets.pop(f"rds!{name}", None)

    return cluster


def with_tags(create):
    """Tags of a bucket: CDK's function empties only buckets that carry its tag."""

    def bucket(logical_id, props, stack):
        name, attributes = create(logical_id, props, stack)
        s3._bucket_tags[name] = tag_map(props.get("Tags"))
        return name, attributes

    return bucket


def with_dead_letters(create):
    """Where an invocation goes that failed for good."""

    def function(logical_id, props, stack):
        name, attributes = create(logical_id, props, stack)
        if props.get("DeadLetterConfig"):
            lambda_svc._functions[name]["config"]["DeadLetterConfig"] = props["DeadLetterConfig"]
        return name, attributes

    return function


def with_topics(create):
    """What a mapping reads of a Kafka cluster."""

    def mapping(logical_id, props, stack):
        uuid, attributes = create(logical_id, props, stack)
        if props.get("Topics"):
            lambda_svc._esms[uuid]["Topics"] = props["Topics"]
        return uuid, attributes

    return mapping


def with_continuous_backups(create):
    """Recovery to any second, which ministack knows as a call and drops from a template."""

    def table(logical_id, props, stack):
        name, attributes = create(logical_id, props, stack)
        (replica,) = props["Replicas"]
        asked = replica.get("PointInTimeRecoverySpecification")
        if asked:
            reply(dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": asked}))
        return name, attributes

    return table


def describe_images(asked, describe=ecr._describe_images):
    """ECR refuses to describe an image that is not there; ministack answers with an empty list."""
    name, ids = asked.get("repositoryName"), asked.get("imageIds") or []
    if name in ecr._repositories and any(not ecr._find_image(name, image) for image in ids):
        return ecr.error_response_json("ImageNotFoundException", f"The image with imageId {ids} does not exist", 400)
    return describe(asked)


ecr._describe_images = describe_images

TYPES = {
    "AWS::Budgets::Budget": (budget, lambda name, _: budgets._delete_budget({"BudgetName": name})),
    "AWS::EC2::EIP": (address, release_address),
    "AWS::EC2::FlowLog": (flow_log, lambda log, _: ec2._flow_logs.pop(log, None)),
    "AWS::EC2::NatGateway": (nat_gateway, delete_nat_gateway),
    "AWS::EC2::SecurityGroupIngress": (ingress_rule, delete_ingress_rule),
    "AWS::EKS::AccessEntry": (access_entry, lambda _, p: eks._delete_access_entry(p["ClusterName"], p["PrincipalArn"])),
    "AWS::EKS::Addon": (addon, lambda _, p: eks._delete_addon(p["ClusterName"], p["AddonName"])),
    "AWS::EKS::PodIdentityAssociation": (
        pod_identity,
        lambda association, p: eks._delete_pod_identity_association(p["ClusterName"], association),
    ),
    "AWS::IAM::OIDCProvider": (oidc_provider, lambda arn, _: iam._oidc_providers.pop(arn, None)),
    "AWS::Logs::QueryDefinition": (saved_search, lambda *_: None),
    "AWS::MSK::Cluster": (kafka_cluster, lambda arn, _: msk._delete_cluster(arn)),
    "AWS::MSK::Configuration": (kafka_configuration, lambda arn, _: msk._configurations.pop(arn, None)),
    "AWS::MSK::Topic": (kafka_topic, delete_kafka_topic),
    "Custom::AWSCDK-EKS-KubernetesResource": (kubernetes_objects, delete_kubernetes_objects),
    "Custom::Trigger": (database_job, lambda *_: None),
}

known = sorted(TYPES.keys() & provisioners._RESOURCE_HANDLERS.keys())
if known:
    sys.exit(f"ministack knows {', '.join(known)} itself; take them out of {Path(__file__).name}")
handlers = provisioners._RESOURCE_HANDLERS
handlers.update({name: {"create": create, "delete": delete} for name, (create, delete) in TYPES.items()})
# Without this ministack would call the function behind a custom resource, which needs a cluster.
handlers["Custom::AWSCDK-EKS-KubernetesResource"]["update"] = update_kubernetes_objects
for name, step, wrap in (
    ("AWS::CloudWatch::Alarm", "create", with_metric_math),
    ("AWS::CloudWatch::Alarm", "update", with_metric_math),
    ("AWS::DynamoDB::GlobalTable", "create", with_continuous_backups),
    ("AWS::Lambda::EventSourceMapping", "create", with_topics),
    ("AWS::Lambda::Function", "create", with_dead_letters),
    ("AWS::RDS::DBCluster", "create", with_managed_password),
    ("AWS::RDS::DBCluster", "delete", with_managed_secret),
    ("AWS::S3::Bucket", "create", with_tags),
    ("AWS::SES::EmailIdentity", "create", with_dkim_tokens),
):
    handlers[name][step] = wrap(handlers[name][step])

from ministack.app import main  # noqa: E402

main()
