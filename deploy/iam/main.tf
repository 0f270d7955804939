# The least policy for eksporter, the same as policy.json beside it, and a role for
# EKS Pod Identity that has it. docs/aws.md says what is lost without each action.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.29"
    }
  }
}

variable "cluster_name" {
  description = "Name of the cluster in EKS."
  type        = string
}

variable "namespace" {
  description = "Namespace of the exporter's service account."
  type        = string
  default     = "eksporter"
}

variable "service_account" {
  description = "Name of the exporter's service account."
  type        = string
  default     = "eksporter"
}

variable "network_interfaces" {
  description = "For --subnet-prefixes and --branch-eni-scan."
  type        = bool
  default     = false
}

variable "find_cluster" {
  description = "For an exporter that is not told --cluster-name and looks for its cluster."
  type        = bool
  default     = false
}

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

locals {
  # Partition, region and account, from the cluster itself: of the data source aws_region,
  # the attribute `name` is deprecated in version 6 of the provider, and `region` is not in
  # version 5.
  arn = trimsuffix(data.aws_eks_cluster.this.arn, ":cluster/${var.cluster_name}")
}

data "aws_iam_policy_document" "eksporter" {
  # eks:DescribeCluster: collector cluster, and the proof that the name is this cluster's;
  # without it AWS is not asked at all. The lists: collectors nodegroups, addon_versions and
  # insights, each of which tells nothing of EKS without its own.
  statement {
    sid = "Cluster"
    actions = [
      "eks:DescribeCluster",
      "eks:ListNodegroups",
      "eks:ListFargateProfiles",
      "eks:ListAddons",
      "eks:ListInsights",
    ]
    resources = ["${local.arn}:cluster/${var.cluster_name}"]
  }

  # Collectors nodegroups and addon_versions. Without it: versions and health of node groups,
  # subnets that only node groups or Fargate use, health of add-ons and who manages them.
  statement {
    sid = "PartsOfTheCluster"
    actions = [
      "eks:DescribeNodegroup",
      "eks:DescribeFargateProfile",
      "eks:DescribeAddon",
    ]
    resources = [
      "${local.arn}:nodegroup/${var.cluster_name}/*/*",
      "${local.arn}:fargateprofile/${var.cluster_name}/*/*",
      "${local.arn}:addon/${var.cluster_name}/*/*",
    ]
  }

  # Collectors addon_versions, cluster and subnets. Without it: what EKS offers of add-ons,
  # ends of support other than by the shipped calendar, free addresses of subnets. These
  # actions know no resources.
  statement {
    sid = "Catalogue"
    actions = [
      "eks:DescribeAddonVersions",
      "eks:DescribeClusterVersions",
      "ec2:DescribeSubnets",
    ]
    resources = ["*"]
  }

  # Collector network_interfaces, which is off by default. Without it: free /28 blocks, branch
  # ENIs and addresses that nodes hold.
  dynamic "statement" {
    for_each = var.network_interfaces ? [1] : []
    content {
      sid = "NetworkInterfaces"
      actions = [
        "ec2:DescribeNetworkInterfaces",
        "ec2:GetSubnetCidrReservations",
      ]
      resources = ["*"]
    }
  }

  # All collectors of an exporter that is not told its cluster's name. Without it: the name
  # must be said.
  dynamic "statement" {
    for_each = var.find_cluster ? [1] : []
    content {
      sid       = "ListOfClusters"
      actions   = ["eks:ListClusters"]
      resources = ["*"]
    }
  }

  # The same: the cluster is told from others by its OIDC issuer.
  dynamic "statement" {
    for_each = var.find_cluster ? [1] : []
    content {
      sid       = "OtherClusters"
      actions   = ["eks:DescribeCluster"]
      resources = ["${local.arn}:cluster/*"]
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "eksporter" {
  name_prefix        = "eksporter-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "eksporter" {
  name   = "eksporter"
  role   = aws_iam_role.eksporter.id
  policy = data.aws_iam_policy_document.eksporter.json
}

resource "aws_eks_pod_identity_association" "eksporter" {
  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.eksporter.arn
}
