using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Declared;

/// <summary>What applying a file did, or would do.</summary>
/// <param name="Lines">What, a line each, in plain words; empty where the workspace is like the file.</param>
/// <param name="Refused">What stands in the way: the field is the path in the file. Null for nothing.</param>
public sealed record AppliedFile(IReadOnlyList<string> Lines, Refusal? Refused);

/// <summary>
/// Makes a workspace like a <see cref="WorkspaceFile"/>, by the acts that doors use and under one name in the audit log. First all of it is
/// planned; where anything in the file is known to be wrong nothing is done. Then one part after the other is planned anew and done; what
/// an act refuses ends it there, what was done before stays, and the file may be applied again. Refusals beside those: <c>forbidden</c>.
/// </summary>
public sealed class ApplyWorkspaceFile(Store store)
{
    /// <summary>The parts in their order: what later ones name comes first.</summary>
    internal static IReadOnlyList<IDeclaredPart> Parts { get; } =
    [
        new DeclaredName(),
        new DeclaredConfiguration(),
        new DeclaredGroups(),
        new DeclaredRules(),
        new DeclaredConnections(),
        new DeclaredDomains(),
    ];

    /// <summary>Who acts, in the audit log.</summary>
    public static Actor Operator { get; } = Actor.Operator with { Name = "Operator (workspace file)" };

    /// <summary>Plans it, and does it unless only the plan is wanted.</summary>
    /// <param name="actor">Whoever runs the server.</param>
    /// <param name="file">The file.</param>
    /// <param name="planOnly">Whether nothing is to be done.</param>
    /// <param name="secrets">The value of an environment variable that a connection names; null where there is none.</param>
    /// <param name="probe">Asks the provider of a connection that is made or changed.</param>
    /// <param name="ct">Stops it between two acts.</param>
    public async Task<Outcome<AppliedFile>> RunAsync(
        Actor actor,
        WorkspaceFile file,
        bool planOnly,
        Func<string, string?> secrets,
        ConnectionProbe probe,
        CancellationToken ct
    )
    {
        if (!actor.Unlimited)
        {
            return Refusal.Forbidden("Only whoever runs the server may do this.");
        }

        var lines = new List<string>();
        var workspace = await ReadAsync(file, ct);
        if (workspace is null)
        {
            var preset = file.Configuration?.Preset is { Length: > 0 } named ? named : "seats";
            lines.Add($"make the workspace {file.Workspace} from the preset {preset}");
            if (planOnly)
            {
                return new AppliedFile([.. lines, "and all that the file says, which is planned once it is there"], null);
            }

            var made = await new CreateWorkspace(store).RunAsync(actor, new(file.Workspace, file.Name ?? file.Workspace, preset), ct);
            if (made.Refusal is { } no)
            {
                return new AppliedFile([], no with { Field = no.Field == "slug" ? "workspace" : no.Field });
            }

            workspace = made.Value;
        }

        var planned = new List<DeclaredStep>();
        foreach (var part in Parts)
        {
            planned.AddRange(await part.PlanAsync(new(store, actor, workspace, secrets, probe), file, ct));
        }

        var wrong = planned.Find(s => s.Wrong is not null);
        if (planOnly || wrong is not null)
        {
            return new AppliedFile(
                [.. lines, .. planOnly ? planned.SelectMany(Lines) : []],
                wrong is null ? null : At(wrong, wrong.Wrong!)
            );
        }

        foreach (var part in Parts)
        {
            workspace = (await ReadAsync(file, ct))!;
            foreach (var step in await part.PlanAsync(new(store, actor, workspace, secrets, probe), file, ct))
            {
                if (await step.RunAsync(ct) is { } refused)
                {
                    return new AppliedFile(lines, At(step, refused));
                }

                lines.AddRange(Lines(step));
            }
        }

        return new AppliedFile(lines, null);
    }

    private static string[] Lines(DeclaredStep step) => step.Says.Split('\n');

    private static Refusal At(DeclaredStep step, Refusal refusal) =>
        refusal with
        {
            Field = refusal.Field is { } field && field != step.Path ? $"{step.Path}.{field}" : step.Path,
        };

    private async Task<WorkspaceContext?> ReadAsync(WorkspaceFile file, CancellationToken ct)
    {
        await using var db = store.Read();
        return await WorkspaceContext.BySlugAsync(db, file.Workspace, ct);
    }
}
