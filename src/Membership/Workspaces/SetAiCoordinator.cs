using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Says whom the members ask about AI, or that there is nobody. The audit log tells that it was changed, and no name. Refusals:
/// <c>forbidden</c>, <c>notFound</c>, <c>stale</c>, a name, address, number or notes that are none or too long.
/// </summary>
public sealed class SetAiCoordinator(Store store)
{
    private const int MostNotes = 2000;
    private const int MostPhone = 40;

    /// <summary>Says it, whatever was said before.</summary>
    public Task<Outcome<Workspace>> RunAsync(Actor actor, Id<Workspace> workspaceId, AiCoordinator? wanted, CancellationToken ct) =>
        RunAsync(actor, workspaceId, null, wanted, ct);

    /// <summary>Says it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="seen">The workspace's version that the change is based on; null for any.</param>
    /// <param name="wanted">The coordinator; null for nobody.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Workspace>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        long? seen,
        AiCoordinator? wanted,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Workspace>(
            actor,
            workspaceId,
            "aiCoordinator.changed",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
                {
                    return refused;
                }

                var clean = wanted is null
                    ? null
                    : new AiCoordinator(
                        wanted.Name.Trim(),
                        Blank(Key.Identifier(wanted.Email?.Trim())),
                        Blank(wanted.Phone),
                        Blank(wanted.Notes)
                    );
                if (await attempt.Db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Id == workspaceId, ct) is not { } row)
                {
                    return Refusal.NotFound("workspace");
                }

                if (seen is { } version && row.Version != version)
                {
                    return Refusal.Stale(); // before what is wrong with it: what was typed is mended over what holds now
                }

                if (clean is not null && Against(clean) is { } wrong)
                {
                    return wrong;
                }

                var stored = clean is null ? null : JsonSerializer.Serialize(clean, JsonSerializerOptions.Web);
                if (stored == row.AiCoordinator)
                {
                    return row;
                }

                var changed = row with { AiCoordinator = stored, Version = row.Version + 1 };
                attempt.Changes.Update(row, changed);
                attempt.Changes.TellFacts(
                    "aiCoordinator.changed",
                    workspaceId,
                    ("workspace", workspaceId.Value, row.Name),
                    new { isThere = row.AiCoordinator is not null },
                    new { isThere = stored is not null }
                );
                return changed;
            },
            ct
        );

    private static Refusal? Against(AiCoordinator wanted) =>
        wanted.Name.Length > 200 ? Refusal.Invalid("name", "A name has at most 200 characters.")
        : Key.Check("name", wanted.Name) is { } wrong ? wrong
        : wanted.Email is { } email && !EmailAddress.IsValid(email) ? Refusal.Invalid("email", "This is no valid e-mail address.")
        : wanted.Phone is { } phone
        && (phone.Length > MostPhone || !phone.Any(char.IsAsciiDigit) || !Key.IsText(phone) || phone.Any(char.IsControl))
            ? Refusal.Invalid("phone", $"A telephone number has digits and at most {MostPhone} characters.")
        : wanted.Notes is { } notes && (notes.Length > MostNotes || !Key.IsText(notes))
            ? Refusal.Invalid("notes", $"Notes have at most {MostNotes} characters.")
        : null;

    private static string? Blank(string? text) => text?.Trim() is { Length: > 0 } some ? some : null;
}
