using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Ui;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// The forms whose answer shows something once in place of a 303: the browser posts them again when that answer is loaded again. Each
/// carries a number (<see cref="FormNumber"/>), and what it stands for is done once for that number (<see cref="SubmitOnce"/>).
/// </summary>
internal static class Once
{
    /// <summary>Does what the form stands for, unless it was done for this number.</summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="visit">The request.</param>
    /// <param name="permission">What the form asks for: who lacks it hears so from the core, which audits the try.</param>
    /// <param name="page">Path below the workspace of the page with the form.</param>
    /// <param name="act">What is done.</param>
    /// <param name="made">The answer that shows what was made.</param>
    /// <param name="refused">The page with the form, and why nothing was made.</param>
    public static async Task<IResult> RunAsync<T>(
        Visit visit,
        string permission,
        string page,
        Func<Task<Outcome<T>>> act,
        Func<T, Task<IResult>> made,
        Func<Refusal, Task<IResult>> refused
    )
    {
        var number = FormNumber.Read(visit);
        if (number is null && visit.Actor.May(permission))
        {
            return await refused(Old());
        }

        var outcome = number is null
            ? await act()
            : await visit
                .Act<SubmitOnce>()
                .RunAsync(visit.Workspace.Id, visit.Session.Id.Value, number, visit.Http.Request.Path, act, visit.Ct);
        return outcome.Is(out var value, out var refusal) ? await made(value)
            : refusal.Code == SubmitOnce.AlreadyMade
                ? Visit.Error(
                    Refusals.Status(refusal.Kind),
                    refusal.Message,
                    visit.Path(page),
                    title: "This was made already",
                    homeLabel: "Back to the page"
                )
            : await refused(refusal);
    }

    private static Refusal Old() =>
        new(
            RefusalKind.Stale,
            "formOld",
            "This page was open for too long, or you signed in anew since. Look at what stands here and send it again."
        );
}
