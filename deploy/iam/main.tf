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

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  arn = join(":", [
    "arn", data.aws_partition.current.partition, "eks",
    data.aws_region.current.name, data.aws_caller_identity.current.account_id,
  ])
}

data "aws_iam_policy_document" "eksporter" {
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

  statement {
    sid = "Catalogue"
    actions = [
      "eks:DescribeAddonVersions",
      "eks:DescribeClusterVersions",
      "ec2:DescribeSubnets",
    ]
    resources = ["*"]
  }

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

  dynamic "statement" {
    for_each = var.find_cluster ? [1] : []
    content {
      sid       = "ListOfClusters"
      actions   = ["eks:ListClusters"]
      resources = ["*"]
    }
  }

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
