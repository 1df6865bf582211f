namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>Data types of RFC 7643, section 2.3.</summary>
public enum AttributeType
{
    /// <summary>Unicode text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A number with at least one digit on either side of the point.</summary>
    Decimal,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>An xsd:dateTime.</summary>
    DateTime,

    /// <summary>Bytes in base64.</summary>
    Binary,

    /// <summary>A URI: a resource, something outside, or an identifier.</summary>
    Reference,

    /// <summary>A composition of sub-attributes.</summary>
    Complex,
}

/// <summary>Who may write an attribute, and when (RFC 7643, section 7).</summary>
public enum Mutability
{
    /// <summary>Read and written at any time.</summary>
    ReadWrite,

    /// <summary>Never written by a client.</summary>
    ReadOnly,

    /// <summary>Written once, at creation or by the first add.</summary>
    Immutable,

    /// <summary>Written, never read.</summary>
    WriteOnly,
}

/// <summary>When an attribute is part of an answer (RFC 7643, section 7).</summary>
public enum Returned
{
    /// <summary>Unless excluded.</summary>
    Default,

    /// <summary>Always, whatever is asked or excluded.</summary>
    Always,

    /// <summary>Never.</summary>
    Never,

    /// <summary>Only when asked for.</summary>
    Request,
}

/// <summary>In which reach a value is unique (RFC 7643, section 7).</summary>
public enum Uniqueness
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Within the workspace.</summary>
    Server,

    /// <summary>Everywhere.</summary>
    Global,
}
