using System.Text.RegularExpressions;

namespace UserManagement.Drills.Servers;

/// <summary>What the verbs print that opens doors.</summary>
internal static partial class Doors
{
    /// <summary>Makes a workspace with a directory's token and an admin's key.</summary>
    public static async Task<Access> OpenAsync(this Build build, string slug, string preset)
    {
        await build.MustAsync("workspace", "create", slug, "--preset", preset);
        return new(
            slug,
            Token().Match(await build.MustAsync("scim-token", "create", slug)).Value,
            ApiKey().Match(await build.MustAsync("api-key", "create", slug, "admin")).Value
        );
    }

    /// <summary>A one-time link that makes somebody an admin and lets them in.</summary>
    public static async Task<string> AdminLinkAsync(this Build build, string slug, string email) =>
        Link().Match(await build.MustAsync("admin", "invite", slug, email)).Value;

    /// <summary>The same where it may be refused, as for somebody whom the directory made inactive; null then.</summary>
    public static async Task<string?> TryAdminLinkAsync(this Build build, string slug, string email) =>
        (await build.RunAsync("admin", "invite", slug, email)) is (0, var printed) ? Link().Match(printed).Value : null;

    [GeneratedRegex("umscim_\\S+")]
    private static partial Regex Token();

    [GeneratedRegex("umapi_\\S+")]
    private static partial Regex ApiKey();

    [GeneratedRegex("http\\S+/enter/\\S+")]
    private static partial Regex Link();
}
