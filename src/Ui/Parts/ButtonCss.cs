namespace UserManagement.Ui.Parts;

internal static class ButtonCss
{
    public static string Of(ButtonKind kind, bool small, bool wide, bool iconOnly) =>
        $"button button-{kind.Css()}{(small ? " button-small" : "")}{(wide ? " button-wide" : "")}{(iconOnly ? " button-icon" : "")}";
}
