using System.Buffers;

namespace UserManagement.Identity.Http;

/// <summary>Where to go after signing in: a path of this site and nothing that a browser could read as another one.</summary>
public static class ReturnUrl
{
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/"
    );
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/?=&%+,:"
    );

    /// <summary>The path if it is good, otherwise <c>/</c>.</summary>
    /// <param name="wanted">What the query or the form said; anything may be in it.</param>
    public static string Local(string? wanted) => IsLocal(wanted) ? wanted! : "/";

    private static bool IsLocal(string? wanted)
    {
        if (wanted is not ['/', ..] || wanted.Length > 1000)
        {
            return false;
        }

        var query = wanted.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? wanted : wanted[..query];
        return !path.Contains("//", StringComparison.Ordinal)
            && !path.Contains("..", StringComparison.Ordinal)
            && !path.AsSpan().ContainsAnyExcept(PathCharacters)
            && (query < 0 || !wanted.AsSpan(query).ContainsAnyExcept(QueryCharacters));
    }
}
