namespace UserManagement.Simulator.Wire;

/// <summary>Builds paths with filters as clients write them: quoted values, escaped once.</summary>
public static class ScimPath
{
    /// <summary>A string value inside a filter, quoted and escaped as in JSON (RFC 7644 section 3.4.2.2).</summary>
    /// <param name="value">The bare value.</param>
    public static string Quote(string value) =>
        "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>A look-up by filter.</summary>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="filter">The filter, not escaped.</param>
    /// <param name="others">Further parameters, already escaped, without a leading sign; null for none.</param>
    /// <param name="plusForSpace">True writes blanks as <c>+</c> (form style), false as <c>%20</c>; directories send both.</param>
    public static string Find(string resource, string filter, string? others = null, bool plusForSpace = false)
    {
        var escaped = Uri.EscapeDataString(filter);
        if (plusForSpace)
        {
            escaped = escaped.Replace("%20", "+", StringComparison.Ordinal);
        }

        return others is null ? $"/{resource}?filter={escaped}" : $"/{resource}?{others}&filter={escaped}";
    }

    /// <summary>The path of one resource.</summary>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="id">The server's id.</param>
    public static string One(string resource, string id) => $"/{resource}/{Uri.EscapeDataString(id)}";
}
