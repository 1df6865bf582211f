namespace UserManagement.Scim.Protocol;

/// <summary>The protocol version in an address (RFC 7644, section 3.13).</summary>
public static class ScimVersion
{
    /// <summary>The version that is spoken here, as it stands in the address.</summary>
    public const string Spoken = "v2";

    /// <summary>
    /// Null for our version in any case, and for what is no version at all (the door answers 404); 400 invalidVers for another version.
    /// </summary>
    public static ScimError? Check(string segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        return
            segment.Length is > 1 and < 8
            && segment[0] is 'v' or 'V'
            && segment.Skip(1).All(c => char.IsAsciiDigit(c) || c == '.')
            && !segment.Equals(Spoken, StringComparison.OrdinalIgnoreCase)
            ? ScimError.InvalidVersion($"SCIM '{segment}' is not spoken here; {Spoken} is.")
            : null;
    }
}
