using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// An admin gives a member another license, or none. Refusals: <c>notFound</c>, <c>forbidden</c>, <c>grantCeiling</c>,
/// <c>licensesFull</c>, <c>ruleGiven</c> (a rule gives the license), an unknown license, none where the workspace asks for one.
/// </summary>
public sealed class AssignLicense(Store store)
{
    /// <summary>Gives the license.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">To whom.</param>
    /// <param name="license">The license's key; null or empty for none.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Member>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, string? license, CancellationToken ct) =>
        RunAsync(actor, workspaceId, id, license, null, ct);

    /// <summary>The same for whoever names the version they saw; another one is <c>stale</c>.</summary>
    public Task<Outcome<Member>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Member> id,
        string? license,
        long? seen,
        CancellationToken ct
    ) =>
        MemberAct.RunAsync(
            store,
            actor,
            workspaceId,
            id,
            "license.changed",
            seen,
            null,
            (attempt, workspace, file) => Given(attempt, workspace, file, license),
            null,
            ct,
            GrantKind.License
        );

    /// <summary>The member with the license given by hand, or with none; the same where nothing differs.</summary>
    internal static Outcome<MemberWithGrants> Given(Attempt attempt, WorkspaceContext workspace, MemberWithGrants file, string? license)
    {
        license = string.IsNullOrEmpty(license) ? null : license;
        if (license is not null && workspace.Configuration.License(license) is null)
        {
            return Refusal.Unknown("license", "There is no such license type.");
        }

        if (license is null && workspace.Configuration.Join.LicenseRequired)
        {
            return new Refusal(RefusalKind.Invalid, "licenseRequired", "Everybody needs a license here.", "license");
        }

        // None is a word against every grant, also against one that waits for a free license.
        var others = file.Grants.Where(g => g.Kind != GrantKind.License).ToList();
        if (file.Member.License == license && (license is not null || others.Count == file.Grants.Count))
        {
            return file;
        }

        return license is null
            ? file with
            {
                Grants = others,
            }
            : file with
            {
                Grants = file.Grants.With(
                    ProvisionMember.NewGrant(attempt, workspace.Id, file.Member.Id, GrantKind.License, GrantOrigin.Admin, license)
                ),
            };
    }
}
