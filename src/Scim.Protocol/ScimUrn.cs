namespace UserManagement.Scim.Protocol;

/// <summary>The URNs that the RFCs fix, and our own extension's. Schemas that we serve are files in <c>scim-schemas/</c>.</summary>
public static class ScimUrn
{
    /// <summary>Core User (RFC 7643, section 4.1).</summary>
    public const string User = "urn:ietf:params:scim:schemas:core:2.0:User";

    /// <summary>Core Group (RFC 7643, section 4.2).</summary>
    public const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>Enterprise User (RFC 7643, section 4.3).</summary>
    public const string EnterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    /// <summary>
    /// Our own extension of User: role, license, seat, state and origin, all readOnly. A private name space, because
    /// <c>urn:ietf:params:scim</c> is for registered schemas (RFC 7643, section 10.2).
    /// </summary>
    public const string MembershipUser = "urn:usermanagement:params:scim:schemas:extension:membership:2.0:User";

    /// <summary>A PATCH body (RFC 7644, section 3.5.2).</summary>
    public const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// <summary>A query's answer (RFC 7644, section 3.4.2).</summary>
    public const string ListResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>A query in a body (RFC 7644, section 3.4.3).</summary>
    public const string SearchRequest = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// <summary>Many operations in one body (RFC 7644, section 3.7).</summary>
    public const string BulkRequest = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

    /// <summary>The results of many operations (RFC 7644, section 3.7).</summary>
    public const string BulkResponse = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
}
