using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Operators;

/// <summary>Finds any workspace by its name in addresses, for an operator. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class FindWorkspace(Store store)
{
    /// <summary>Finds it.</summary>
    public async Task<Outcome<WorkspaceContext>> RunAsync(Actor actor, string slug, CancellationToken ct)
    {
        if (ReadInstallation.Against(actor) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return Key.IsText(slug) && await WorkspaceContext.BySlugAsync(db, slug, ct) is { } workspace
            ? workspace
            : new Refusal(RefusalKind.NotFound, "notFound", "There is no such workspace.");
    }
}
