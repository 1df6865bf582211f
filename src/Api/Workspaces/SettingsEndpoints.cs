using UserManagement.Api.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Workspaces;

/// <summary>
/// Changing what a workspace is: <c>PATCH /workspaces/{slug}</c> names it anew, <c>POST .../configuration/preview</c> tells what a
/// change of the configuration would do.
/// </summary>
internal static class SettingsEndpoints
{
    private const string One = "/workspaces/{slug}";

    public static void Map(ApiTable api)
    {
        api.Patch(One, RenameAsync)
            .Says("Rename a workspace", "The slug stays, and with it every address.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<RenameJson>()
            .Gives<WorkspaceJson>()
            .Versioned()
            .IfMatch();
        api.Post(One + "/configuration/preview", PreviewAsync)
            .Says(
                "Preview a change of the configuration",
                "Nothing is changed. It takes the whole configuration as it is to be, and tells in words who gains and loses what, and why it "
                    + "would be refused."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Reads<WorkspaceConfiguration>()
            .Gives<ConfigurationPreviewJson>();
        api.Get(One + "/health", HealthAsync)
            .Says("Read how the server does", "For this workspace alone.")
            .Needs(Permission.ServerHealth)
            .Gives<HealthJson>();
    }

    private static async Task<ApiAnswer> HealthAsync(ApiCall call) =>
        (await call.Act<ReadServerHealth>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var health, out var refusal)
            ? ApiAnswer.Ok(HealthJson.Of(health))
            : refusal;

    private static Task<ApiAnswer> RenameAsync(ApiCall call) =>
        call.WithAsync<RenameJson>(async wanted =>
            (await call.Act<RenameWorkspace>().RunAsync(call.Actor, call.Workspace.Id, call.Seen, wanted.Name, call.Ct)).Is(
                out var row,
                out var refusal
            )
                ? ApiAnswer.Ok(WorkspaceJson.Of(WorkspaceContext.Planned(row)), row.Version)
                : refusal
        );

    private static Task<ApiAnswer> PreviewAsync(ApiCall call) =>
        call.WithAsync<WorkspaceConfiguration>(async wanted =>
            (await call.Act<PreviewConfiguration>().RunAsync(call.Actor, call.Workspace.Id, wanted, call.Ct)).Is(
                out var preview,
                out var refusal
            )
                ? ApiAnswer.Ok(ConfigurationPreviewJson.Of(preview))
                : refusal
        );
}

/// <summary>Another name for a workspace.</summary>
internal sealed record RenameJson
{
    /// <summary>The name that people see, 1 to 200 characters.</summary>
    public required string Name { get; init; }
}

/// <summary>What a change would do.</summary>
internal sealed record ConfigurationPreviewJson
{
    /// <summary>The effects, losses first.</summary>
    public required IReadOnlyList<EffectJson> Effects { get; init; }

    /// <summary>Why it would be refused; null where it would be made.</summary>
    public required RefusedJson? Refusal { get; init; }

    /// <summary>The version of the workspace that was looked at, for If-Match.</summary>
    public required long Version { get; init; }

    /// <summary>Of a preview.</summary>
    public static ConfigurationPreviewJson Of(ConfigurationPreview preview) =>
        new()
        {
            Effects = [.. preview.Effects.Select(EffectJson.Of)],
            Refusal = preview.Refusal is { } no ? new() { Code = no.Code, Message = no.Message } : null,
            Version = preview.Version,
        };
}

/// <summary>Why something would be refused.</summary>
internal sealed record RefusedJson
{
    /// <summary>The word for programs.</summary>
    public required string Code { get; init; }

    /// <summary>The sentence for people.</summary>
    public required string Message { get; init; }
}

/// <summary>One effect.</summary>
internal sealed record EffectJson
{
    /// <summary>What it is for those whom it meets.</summary>
    public required EffectKind Kind { get; init; }

    /// <summary>Its word, for programs.</summary>
    public required string Code { get; init; }

    /// <summary>The sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>How many people, invitations or links it meets; 0 where it is no number.</summary>
    public required long Count { get; init; }

    /// <summary>Of an effect.</summary>
    public static EffectJson Of(ConfigurationEffect effect) =>
        new()
        {
            Kind = effect.Kind,
            Code = effect.Code,
            Message = effect.Message,
            Count = effect.Count,
        };
}
