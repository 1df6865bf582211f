using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Portals;

namespace UserManagement.AdminUi.PortalPages;

/// <summary>A step of the set-up list.</summary>
/// <param name="Part">The part of the portal.</param>
/// <param name="Title">What is done in it.</param>
/// <param name="Path">Its page.</param>
/// <param name="IsDone">Whether it is done, as the rows tell.</param>
public sealed record PortalStep(PortalScopes Part, string Title, string Path, bool IsDone);

/// <summary>What stands around every page of the portal: the steps, how far they are, the sentence of the last act, a refusal.</summary>
/// <param name="Visit">The request.</param>
/// <param name="Progress">How far the set-up is.</param>
/// <param name="Steps">Its steps: those that the link opens.</param>
/// <param name="Note">What the last act left; null for nothing.</param>
/// <param name="Refusal">Why the act that was posted was not done; null for none.</param>
public sealed record PortalFrame(PortalVisit Visit, PortalProgress Progress, IReadOnlyList<PortalStep> Steps, Note? Note, Refusal? Refusal)
{
    /// <summary>Reads all that it shows, and the page.</summary>
    /// <typeparam name="T">A component with a parameter <c>Frame</c>.</typeparam>
    /// <param name="visit">The request.</param>
    /// <param name="parameters">Its other parameters.</param>
    /// <param name="refusal">Why what was posted was not done; it decides the status.</param>
    /// <param name="status">The status when nothing was refused.</param>
    public static async Task<IResult> ShowAsync<T>(
        PortalVisit visit,
        Func<PortalProgress, Dictionary<string, object?>> parameters,
        Refusal? refusal = null,
        int status = StatusCodes.Status200OK
    )
        where T : IComponent
    {
        var read = await visit.Act<ReadPortalProgress>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var progress, out var refused))
        {
            return PortalGate.Failed(refused);
        }

        var shown = parameters(progress);
        shown["Frame"] = new PortalFrame(visit, progress, StepsOf(progress), refusal is null ? visit.Take() : null, refusal);
        if (refusal is { RetryAfter: { } wait })
        {
            visit.Http.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return new RazorComponentResult<T>(shown) { StatusCode = refusal is null ? status : Refusals.Status(refusal.Kind) };
    }

    /// <summary>What is wrong with a field; null when nothing is.</summary>
    public string? For(string field) => Refusal is { } refusal && refusal.Field == field ? refusal.Message : null;

    private static List<PortalStep> StepsOf(PortalProgress progress)
    {
        List<PortalStep> steps = [];
        if (progress.Directory is { } directory)
        {
            steps.Add(new(PortalScopes.Directory, "Connect your directory", PortalVisit.Path("/directory"), directory.IsDone));
        }

        if (progress.Connections is not null)
        {
            steps.Add(new(PortalScopes.SignIn, "Connect your sign-in", PortalVisit.Path("/sign-in"), progress.IsSignInDone));
        }

        if (progress.Domains is not null)
        {
            steps.Add(new(PortalScopes.Domain, "Prove your domain", PortalVisit.Path("/domain"), progress.IsDomainDone));
        }

        return steps;
    }
}
