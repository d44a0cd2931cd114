package dev.mydocker.testkit;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test class its {@link Sandbox}, and fails the class for what it leaves behind. */
public final class SandboxExtension implements ParameterResolver, AfterAllCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(SandboxExtension.class);

  /** For JUnit. */
  public SandboxExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Sandbox.class;
  }

  @Override
  public Sandbox resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return store(context).computeIfAbsent("sandbox", key -> new Sandbox(), Sandbox.class);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Sandbox sandbox = store(context).remove("sandbox", Sandbox.class);
    if (sandbox != null) {
      sandbox.close();
    }
  }

  /** The outermost class's store, so that nested classes share its sandbox. */
  private static ExtensionContext.Store store(ExtensionContext context) {
    ExtensionContext owner = context;
    while (owner.getParent().isPresent() && owner.getParent().get().getTestClass().isPresent()) {
      owner = owner.getParent().get();
    }
    return owner.getStore(NAMESPACE);
  }
}
