using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Host.Settings;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Storage;

namespace UserManagement.Host;

/// <summary>
/// Makes the demo workspace for somebody who just wants to look: only on SQLite, only where this machine alone reaches
/// the server, only in an empty database. Anywhere else nothing is made, and no default password exists at all.
/// </summary>
internal sealed class FirstStart(
    HostSettings settings,
    Links links,
    Store store,
    CreateWorkspace createWorkspace,
    InviteAdmin inviteAdmin,
    CreateScimCredential createCredential
)
{
    public const string Slug = "acme";
    public const string AdminAddress = "admin@acme.example";
    public const string FileName = "first-start.txt";

    private static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(30);

    /// <summary>Makes it where it may, and gives back what to print; null when there is nothing to print.</summary>
    public async Task<string?> RunAsync(CancellationToken ct)
    {
        if (settings.Storage.Provider != StorageProvider.Sqlite || !settings.IsLoopback || !await IsEmptyAsync(ct))
        {
            return null;
        }

        if (!(await createWorkspace.RunAsync(Actor.Operator, new(Slug, "Acme", "seats"), ct)).Is(out var workspace, out _))
        {
            return null; // somebody else was first
        }

        var admin = await inviteAdmin.RunAsync(Actor.Operator, workspace.Id, AdminAddress, LinkLifetime, ct);
        var token = await createCredential.RunAsync(Actor.Operator, workspace.Id, "First start", TokenLifetime, ct);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Admin sign-in: {links.AdminSignIn(admin.Value)}
            SCIM base URL: {links.Scim(Slug)}
            SCIM token: {token.Value.Token}
            API docs: {links.Docs}

            curl -H "Authorization: Bearer {token.Value.Token}" {links.Scim(Slug)}/Users

            """
        );
        await KeepAsync(text, ct);
        return text;
    }

    private async Task<bool> IsEmptyAsync(CancellationToken ct)
    {
        await using var db = store.Read();
        return !await db.Workspaces.AnyAsync(ct) && !await db.Accounts.AnyAsync(ct);
    }

    private async Task KeepAsync(string text, CancellationToken ct)
    {
        var open = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(Path.Combine(settings.DataFolder, FileName), open);
        await using var writer = new StreamWriter(file);
        await writer.WriteAsync(text.AsMemory(), ct);
    }
}
