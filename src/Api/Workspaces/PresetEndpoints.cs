using UserManagement.Api.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces.Switching;

namespace UserManagement.Api.Workspaces;

/// <summary>
/// Another preset: <c>POST /workspaces/{slug}/preset/preview</c> tells what it would do, <c>PUT /workspaces/{slug}/preset</c> does it.
/// </summary>
internal static class PresetEndpoints
{
    private const string Path = "/workspaces/{slug}/preset";

    public static void Map(ApiTable api)
    {
        api.Post(Path + "/preview", PreviewAsync)
            .Says(
                "Preview another preset",
                "Nothing is changed. What is not mapped goes to what is closest; the answer names the whole map."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<PresetSwitchJson>()
            .Gives<PresetPreviewJson>();
        api.Put(Path, SwitchAsync)
            .Says(
                "Switch to another preset",
                "Everybody is moved in one transaction. It asks for If-Match: the version of the preview, or * for whatever is there."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<PresetSwitchJson>()
            .Gives<WorkspaceJson>()
            .Versioned()
            .IfMatchOnly();
    }

    private static Task<ApiAnswer> PreviewAsync(ApiCall call) =>
        call.WithAsync<PresetSwitchJson>(async wanted =>
            (await call.Act<PreviewPresetSwitch>().RunAsync(call.Actor, call.Workspace.Id, wanted.Read(), call.Ct)).Is(
                out var preview,
                out var refusal
            )
                ? ApiAnswer.Ok(PresetPreviewJson.Of(preview))
                : refusal
        );

    private static Task<ApiAnswer> SwitchAsync(ApiCall call) =>
        call.WithAsync<PresetSwitchJson>(async wanted =>
            (await call.Act<SwitchPreset>().RunAsync(call.Actor, call.Workspace.Id, call.Seen, wanted.Read(), call.Ct)).Is(
                out var workspace,
                out var refusal
            )
                ? ApiAnswer.Ok(WorkspaceJson.Of(workspace), workspace.Row.Version)
                : refusal
        );
}

/// <summary>Another preset, and what becomes of roles and licenses.</summary>
internal sealed record PresetSwitchJson
{
    /// <summary>The preset: csv, licensed, provider, ranked or seats.</summary>
    public required string Preset { get; init; }

    /// <summary>What becomes of roles; a role that is not named goes to the closest.</summary>
    public IReadOnlyList<MappedJson> Roles { get; init; } = [];

    /// <summary>What becomes of licenses; one that is not named goes to the closest.</summary>
    public IReadOnlyList<MappedJson> Licenses { get; init; } = [];

    /// <summary>For the core; of two for the same the later counts.</summary>
    public PresetSwitch Read() => new(Preset, Map(Roles), Map(Licenses));

    private static Dictionary<string, string> Map(IReadOnlyList<MappedJson> lines) =>
        lines.GroupBy(l => l.From, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().To ?? "", StringComparer.Ordinal);
}

/// <summary>What becomes of one role or license.</summary>
internal sealed record MappedJson
{
    /// <summary>The present key.</summary>
    public required string From { get; init; }

    /// <summary>The key of the preset; null for no license.</summary>
    public string? To { get; init; }
}

/// <summary>What a switch would do.</summary>
internal sealed record PresetPreviewJson
{
    /// <summary>The whole map of roles.</summary>
    public required IReadOnlyList<MovedJson> Roles { get; init; }

    /// <summary>The whole map of licenses.</summary>
    public required IReadOnlyList<MovedJson> Licenses { get; init; }

    /// <summary>How many people would need a seat.</summary>
    public required long SeatsNeeded { get; init; }

    /// <summary>How many of them would find none.</summary>
    public required long SeatsLacking { get; init; }

    /// <summary>The effects in words, losses first.</summary>
    public required IReadOnlyList<EffectJson> Effects { get; init; }

    /// <summary>Why it would be refused; null where it would be done.</summary>
    public required RefusedJson? Refusal { get; init; }

    /// <summary>The version of the workspace that was looked at, for If-Match.</summary>
    public required long Version { get; init; }

    /// <summary>Of a preview.</summary>
    public static PresetPreviewJson Of(PresetSwitchPreview preview) =>
        new()
        {
            Roles =
            [
                .. preview.Roles.Select(r => new MovedJson
                {
                    From = r.From,
                    To = r.To,
                    People = r.People,
                    Invitations = r.Invitations,
                }),
            ],
            Licenses =
            [
                .. preview.Licenses.Select(l => new MovedJson
                {
                    From = l.From,
                    To = l.To.Length > 0 ? l.To : null,
                    People = l.People,
                }),
            ],
            SeatsNeeded = preview.SeatsNeeded,
            SeatsLacking = preview.SeatsLacking,
            Effects = [.. preview.Effects.Select(EffectJson.Of)],
            Refusal = preview.Refusal is { } no ? new() { Code = no.Code, Message = no.Message } : null,
            Version = preview.Version,
        };
}

/// <summary>What becomes of one role or license, and of how many people.</summary>
internal sealed record MovedJson
{
    /// <summary>The present key.</summary>
    public required string From { get; init; }

    /// <summary>The key of the preset; null for no license.</summary>
    public required string? To { get; init; }

    /// <summary>How many people have it.</summary>
    public required long People { get; init; }

    /// <summary>How many open invitations name it; 0 for licenses.</summary>
    public long Invitations { get; init; }
}
