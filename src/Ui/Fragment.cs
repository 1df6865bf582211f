using Microsoft.AspNetCore.Http;

namespace UserManagement.Ui;

/// <summary>
/// Partial answers for the live modules. A module fetches the page's own address with the header <c>X-Fragment: id</c> and
/// replaces the element of that id by the one in the answer. An endpoint may answer with the whole page (always right)
/// or, cheaper, with that element alone.
/// </summary>
public static class Fragment
{
    /// <summary>The request header that names the wanted element.</summary>
    public const string Header = "X-Fragment";

    /// <summary>True when the request asks only for the element with this id.</summary>
    public static bool IsWanted(HttpContext http, string id) => string.Equals(http.Request.Headers[Header], id, StringComparison.Ordinal);
}
