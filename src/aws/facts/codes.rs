//! The words that AWS sends for states and codes. Sources: the API references of Amazon EKS and Amazon EC2, page of each
//! type; the lists are those of August 2026.

use super::open::open_enum;

open_enum! {
    /// State of a cluster.
    ClusterStatus {
        Creating = "CREATING",
        Active = "ACTIVE",
        Deleting = "DELETING",
        Failed = "FAILED",
        Updating = "UPDATING",
        Pending = "PENDING",
    }
}

open_enum! {
    /// Upgrade policy of a cluster.
    SupportType {
        Standard = "STANDARD",
        Extended = "EXTENDED",
    }
}

open_enum! {
    /// Addresses of pods and services.
    IpFamily {
        Ipv4 = "ipv4",
        Ipv6 = "ipv6",
    }
}

open_enum! {
    /// State of a managed node group.
    NodegroupStatus {
        Creating = "CREATING",
        Active = "ACTIVE",
        Updating = "UPDATING",
        Deleting = "DELETING",
        CreateFailed = "CREATE_FAILED",
        DeleteFailed = "DELETE_FAILED",
        Degraded = "DEGRADED",
    }
}

open_enum! {
    /// How the instances of a node group are bought.
    CapacityType {
        OnDemand = "ON_DEMAND",
        Spot = "SPOT",
        CapacityBlock = "CAPACITY_BLOCK",
    }
}

open_enum! {
    /// State of an add-on.
    AddonStatus {
        Creating = "CREATING",
        Active = "ACTIVE",
        CreateFailed = "CREATE_FAILED",
        Updating = "UPDATING",
        Deleting = "DELETING",
        DeleteFailed = "DELETE_FAILED",
        Degraded = "DEGRADED",
        UpdateFailed = "UPDATE_FAILED",
    }
}

open_enum! {
    /// Where a Kubernetes minor stands in its calendar.
    VersionStatus {
        StandardSupport = "STANDARD_SUPPORT",
        ExtendedSupport = "EXTENDED_SUPPORT",
        Unsupported = "UNSUPPORTED",
    }
}

open_enum! {
    /// What an insight is for.
    InsightCategory {
        UpgradeReadiness = "UPGRADE_READINESS",
        Misconfiguration = "MISCONFIGURATION",
        RollbackReadiness = "ROLLBACK_READINESS",
    }
}

open_enum! {
    /// What an insight found.
    InsightStatus {
        Passing = "PASSING",
        Warning = "WARNING",
        Error = "ERROR",
        Unknown = "UNKNOWN",
    }
}

open_enum! {
    /// State of a network interface.
    InterfaceStatus {
        Available = "available",
        Associated = "associated",
        Attaching = "attaching",
        InUse = "in-use",
        Detaching = "detaching",
    }
}

open_enum! {
    /// What a reservation in a subnet is for: `prefix` sets addresses aside for prefixes, `explicit` for whoever asks for them.
    ReservationKind {
        Prefix = "prefix",
        Explicit = "explicit",
    }
}

open_enum! {
    /// What is wrong with a cluster, a node group or an add-on: one list, for the three of EKS share many codes. EKS itself
    /// has a code `Other`, which is [`IssueCode::Other`] too.
    IssueCode {
        AccessDenied = "AccessDenied",
        ClusterUnreachable = "ClusterUnreachable",
        ConfigurationConflict = "ConfigurationConflict",
        InternalFailure = "InternalFailure",
        ResourceLimitExceeded = "ResourceLimitExceeded",
        ResourceNotFound = "ResourceNotFound",
        IamRoleNotFound = "IamRoleNotFound",
        VpcNotFound = "VpcNotFound",
        InsufficientFreeAddresses = "InsufficientFreeAddresses",
        Ec2ServiceNotSubscribed = "Ec2ServiceNotSubscribed",
        Ec2SubnetNotFound = "Ec2SubnetNotFound",
        Ec2SecurityGroupNotFound = "Ec2SecurityGroupNotFound",
        KmsGrantRevoked = "KmsGrantRevoked",
        KmsKeyNotFound = "KmsKeyNotFound",
        KmsKeyMarkedForDeletion = "KmsKeyMarkedForDeletion",
        KmsKeyDisabled = "KmsKeyDisabled",
        StsRegionalEndpointDisabled = "StsRegionalEndpointDisabled",
        UnsupportedVersion = "UnsupportedVersion",
        InsufficientNumberOfReplicas = "InsufficientNumberOfReplicas",
        AdmissionRequestDenied = "AdmissionRequestDenied",
        UnsupportedAddonModification = "UnsupportedAddonModification",
        K8sResourceNotFound = "K8sResourceNotFound",
        AddonSubscriptionNeeded = "AddonSubscriptionNeeded",
        AddonPermissionFailure = "AddonPermissionFailure",
        AutoScalingGroupNotFound = "AutoScalingGroupNotFound",
        AutoScalingGroupInvalidConfiguration = "AutoScalingGroupInvalidConfiguration",
        Ec2SecurityGroupDeletionFailure = "Ec2SecurityGroupDeletionFailure",
        Ec2LaunchTemplateNotFound = "Ec2LaunchTemplateNotFound",
        Ec2LaunchTemplateVersionMismatch = "Ec2LaunchTemplateVersionMismatch",
        Ec2SubnetInvalidConfiguration = "Ec2SubnetInvalidConfiguration",
        IamInstanceProfileNotFound = "IamInstanceProfileNotFound",
        Ec2SubnetMissingIpv6Assignment = "Ec2SubnetMissingIpv6Assignment",
        IamLimitExceeded = "IamLimitExceeded",
        IamNodeRoleNotFound = "IamNodeRoleNotFound",
        NodeCreationFailure = "NodeCreationFailure",
        AsgInstanceLaunchFailures = "AsgInstanceLaunchFailures",
        InstanceLimitExceeded = "InstanceLimitExceeded",
        AmiIdNotFound = "AmiIdNotFound",
        AutoScalingGroupOptInRequired = "AutoScalingGroupOptInRequired",
        AutoScalingGroupRateLimitExceeded = "AutoScalingGroupRateLimitExceeded",
        Ec2LaunchTemplateDeletionFailure = "Ec2LaunchTemplateDeletionFailure",
        Ec2LaunchTemplateInvalidConfiguration = "Ec2LaunchTemplateInvalidConfiguration",
        Ec2LaunchTemplateMaxLimitExceeded = "Ec2LaunchTemplateMaxLimitExceeded",
        Ec2SubnetListTooLong = "Ec2SubnetListTooLong",
        IamThrottling = "IamThrottling",
        NodeTerminationFailure = "NodeTerminationFailure",
        PodEvictionFailure = "PodEvictionFailure",
        SourceEc2LaunchTemplateNotFound = "SourceEc2LaunchTemplateNotFound",
        LimitExceeded = "LimitExceeded",
        Unknown = "Unknown",
        AutoScalingGroupInstanceRefreshActive = "AutoScalingGroupInstanceRefreshActive",
        KubernetesLabelInvalid = "KubernetesLabelInvalid",
        Ec2LaunchTemplateVersionMaxLimitExceeded = "Ec2LaunchTemplateVersionMaxLimitExceeded",
        Ec2InstanceTypeDoesNotExist = "Ec2InstanceTypeDoesNotExist",
    }
}
